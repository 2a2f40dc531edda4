"""Card puzzles in English: phrases, names, layouts. Knows words only."""

from typing import Final

from qwq_cli.puzzles.cards.phrases import CardLayout, Cast, Phrases

_FIRST: Final = (
    *("Alice", "Bob", "Carol", "Sam", "Peter", "Quinn", "Tom", "Mary", "John", "Emma", "Liam"),
    *("Noah", "Eve", "Ben", "Lucy", "Max", "Anna", "Paul", "Zoe", "Xavier", "Yvonne", "Steve"),
    *("Rachel", "Simon", "Helen", "George", "Kate", "Oscar", "Nina", "Victor", "Laura", "Frank"),
)
_LAST: Final = (
    *("Smith", "Jones", "Brown", "Taylor", "Green", "Hall", "Wood", "Clark", "Lee", "Young"),
    *("Hill", "Scott", "Adams", "Baker", "Carter"),
)
_LETTERS: Final = "SPQMNXYRTZABC"

ANNOUNCEMENT: Final = Phrases(
    cast=Cast(("Professor John",), (("Mr. S", "Mr. P", "Mr. Q"),), ()),
    layouts=(CardLayout("{suit} {ranks}", " ", ", "),),
    intros=("{S}, {P} and {Q} know that there are {n} playing cards in the drawer: {cards}.",),
    picks=(
        (
            " {H} picks one card from these {n} cards and tells {P} the rank of the card and {Q}"
            " the suit of the card. Then {H} asks {P} and {Q}:"
        ),
    ),
    asks=(" Can you deduce from the rank or the suit that you know which card it is?",),
    leads=(" {S} then hears the following conversation:",),
    says=(("{name}: ", ""),),
    statements=(
        ("I don't know this card.",),
        ("I knew that you don't know this card.",),
        ("Now I know this card.",),
        ("I know it too.",),
    ),
    questions=("Question: what is this card?",),
    between=("\n\n",),
)

COMMON: Final = Phrases(
    cast=Cast(
        hosts=(
            *("Professor John", "Professor John", "the professor", "the teacher", "the dealer"),
            *("the magician", "a referee", "the host", "Professor Smith", "Professor Jones"),
            *("a friend", "Dr. Hall", "the judge", "Grandma"),
        ),
        triples=(
            ("Mr. S", "Mr. P", "Mr. Q"),
            ("Mr. S", "Mr. P", "Mr. Q"),
            ("Mr. S", "Mr. P", "Mr. Q"),
            ("Carol", "Alice", "Bob"),
            ("S", "P", "Q"),
            ("Sam", "Peter", "Quinn"),
            ("Mrs. S", "Mrs. P", "Mrs. Q"),
            ("Dr. S", "Dr. P", "Dr. Q"),
            ("C", "A", "B"),
        ),
        singles=(
            *_FIRST,
            *(f"Mr. {x}" for x in _LETTERS),
            *(f"Ms. {x}" for x in _LETTERS),
            *(f"Mr. {x}" for x in _LAST),
            *(f"Mrs. {x}" for x in _LAST),
            *(f"Player {x}" for x in _LETTERS),
        ),
    ),
    layouts=(
        CardLayout("{suit} {ranks}", " ", ", "),
        CardLayout("{suit}: {ranks}", "; ", ", "),
        CardLayout("{suit}: {ranks}", "; ", ", "),
        CardLayout("{suit} {ranks}", "; ", ", "),
        CardLayout("{suit} {ranks}", "; ", " "),
        CardLayout("{suit}: {ranks}", "\n", ", "),
        CardLayout("{suit} {ranks}", " ", ","),
        CardLayout("{rank} of {suit}", ", "),
        CardLayout("{suit}: {ranks}", ". ", " "),
        CardLayout("- {suit}: {ranks}", "\n", " "),
        CardLayout("{suit} ({ranks})", ", ", ", "),
        CardLayout("{ranks} of {suit}", "; ", ", "),
        CardLayout("{suit}: {ranks}", " | ", " "),
    ),
    intros=(
        "{S}, {P} and {Q} know that there are {n} playing cards in the drawer: {cards}.",
        (
            "{S}, {P} and {Q} know that there are {n} playing cards in the drawer of the table:"
            " {cards}."
        ),
        "There are {n} playing cards on the table: {cards}.",
        "{P} and {Q} know that a drawer holds these {n} cards: {cards}.",
        "Consider these {n} cards:\n{cards}\n",
        "Here is a logic puzzle. A box contains {n} cards: {cards}.",
        "The following cards are in a drawer: {cards}.",
        "{cH} has {n} cards: {cards}. {P} and {Q} have seen all of them.",
        "We have {n} cards, namely {cards}.",
        "Someone put {n} playing cards in a drawer: {cards}.",
        "{cH} shows {n} cards to {P} and {Q}: {cards}.",
        "{n} cards lie face up in front of {P}, {Q} and {S}.\n\n{cards}\n\n",
        "A logic puzzle: the cards in a bag are {cards}.",
        "{P} and {Q} both looked at these {n} playing cards:\n{cards}\n",
        "{P} and {Q} play a guessing game with {n} cards: {cards}.",
        "Suppose there are {n} playing cards ({cards}) that {P} and {Q} both know.",
        "{n} playing cards:\n{cards}\n",
        "On the blackboard {H} writes down {n} cards: {cards}.",
        "Only these {n} cards are used: {cards}.",
    ),
    picks=(
        (
            " {cH} picks one card from these {n} cards and tells {P} the rank of the card and {Q}"
            " the suit of the card."
        ),
        " {cH} picks one card from these {n} cards, tells {P} its rank and tells {Q} its suit.",
        " {cH} picks one of them and tells only the rank to {P} and only the suit to {Q}.",
        " {cH} chooses a card, whispers its rank to {P} and its suit to {Q}.",
        " {cH} takes one card; {P} learns only its rank, {Q} learns only its suit.",
        " {cH} draws a card and tells {Q} the suit and {P} the rank.",
        " {cH} selects one card. {P} is told the rank and {Q} is told the suit.",
        " One card is chosen by {H}. {P} knows its rank. {Q} knows its suit.",
        " {cH} removes one card, shows {P} the rank and shows {Q} the suit.",
        " {cH} thinks of one of the cards and gives {Q} its suit and {P} its number.",
        " After {H} has picked one, {P} gets to know the rank and {Q} gets to know the suit.",
        " {cH} privately chooses one and shows its value to {P} and its suit to {Q}.",
        " {P} knows the rank of the card that {H} chose, and {Q} knows its suit.",
        " {cH} takes a card and says its rank to {P} alone and its suit to {Q} alone.",
    ),
    asks=(
        "",
        "",
        (
            " Then {H} asks {P} and {Q}: Can you deduce from the rank or the suit that you know"
            " which card it is?"
        ),
        " Then {H} asks {P} and {Q}: can you work out which card it is?",
        " {cH} asks them: do you know which card it is?",
        " Can they tell which card it is?",
    ),
    leads=(
        " {S} then hears the following conversation:",
        " {S} hears the following conversation:",
        " They say:",
        " The conversation goes like this:",
        " Then the following dialogue takes place:",
        " {P} and {Q} talk:",
        " This is what {S} hears:",
        " Their conversation:",
        " They speak in turn.",
        "",
    ),
    says=(
        ("{name}: ", ""),
        ("{name}: ", ""),
        ('{name} says: "', '"'),
        ('{name}: "', '"'),
        ("{name} says: ", ""),
        ('{name} says, "', '"'),
        ('{name} said: "', '"'),
        ('{name} thinks for a while and says: "', '"'),
        ("{name} (aloud): ", ""),
        ('{name} responds: "', '"'),
        ("{name} said, ", ""),
        ("[{name}] ", ""),
    ),
    statements=(
        (
            "I don't know this card.",
            "I do not know the card.",
            "I don't know which card it is.",
            "I can't tell which card it is.",
            "I don't know.",
            "I cannot work it out.",
            "I do not know it yet.",
            "I can't work out the card.",
            "The rank does not tell me which card it is.",
            "I have no way to tell.",
            "I couldn't say which card it is.",
            "No, I don't know.",
        ),
        (
            "I knew that you don't know this card.",
            "I knew that you didn't know.",
            "I knew you didn't know it.",
            "I already knew that you could not know.",
            "I know you don't know the card.",
            "I knew you could not tell.",
            "I knew from the start that you don't know it.",
            "I already knew you would not know.",
            "You can't know it, I knew that before.",
            "I was expecting that you do not know it.",
            "Of course you don't, I knew that.",
            "I knew that you couldn't work it out.",
        ),
        (
            "Now I know this card.",
            "Now I know the card.",
            "Now I know which card it is.",
            "Then I know it now.",
            "Now I know it.",
            "Then now I can tell which one it is.",
            "Well, now I know.",
            "I have worked it out now.",
            "Ah, then I know the card.",
            "Thanks to that, I know the card now.",
            "I know which card it is now.",
        ),
        (
            "I know it too.",
            "Now I know it too.",
            "So do I.",
            "I also know it.",
            "Then I know it as well.",
            "Now I can tell too.",
            "Then I have worked it out too.",
            "Me too, I know which card it is.",
            "And I know the card now as well.",
        ),
    ),
    questions=(
        "Question: what is this card?",
        "What is this card?",
        "Which card is it?",
        "Which card did {H} pick?",
        "What card was it?",
        "Find the card.",
        "Question: which card is it?",
        "Think step by step and name the card.",
        "Which card are they talking about?",
        "Can you work out the card?",
        "So what card did {H} choose?",
        "What is the answer?",
    ),
    between=("\n\n", "\n\n", "\n", "\n", "\n  ", " ", "\n- "),
)

RARE: Final = Phrases(
    cast=Cast(
        hosts=("the librarian", "Captain Reed", "my uncle", "the oracle", "Professor Okoye"),
        triples=(("Romeo", "Juliet", "Tybalt"), ("Mr. U", "Mr. V", "Mr. W")),
        singles=(
            *("Ivan", "Priya", "Hugo", "Bruno", "Chloe", "Dmitri", "Fatima", "Greta", "Jorge"),
            *("Miss D", "Miss E", "Miss F", "Miss G", "Sir Hugh", "Sir Ken", "Lady Vale"),
        ),
    ),
    layouts=(
        CardLayout("{suit} - {ranks}", ", ", " "),
        CardLayout("{suit}: {ranks}", ", ", " "),
        CardLayout("[{suit}] {ranks}", " ", ", "),
        CardLayout("* {suit}: {ranks}", "\n", ", "),
        CardLayout("{rank} of {suit}", "; "),
    ),
    intros=(
        "Can you solve this riddle? {n} cards were laid out: {cards}.",
        "{P} and {Q} memorised {n} cards, which were {cards}.",
        "Everybody could see the {n} cards beforehand: {cards}.",
        "In a game there are just {n} cards left:\n{cards}\n",
    ),
    picks=(
        " {cH} secretly keeps one, letting {P} see just the rank and {Q} see just the suit.",
        " A single card is set aside by {H}: the rank is revealed to {P}, the suit to {Q}.",
        " {cH} hides one of them. Only {P} hears the rank, and only {Q} hears the suit.",
    ),
    asks=("", " Who can guess it?", " {cH} wonders whether they have an idea."),
    leads=(" Here is what was said.", " {S} writes down their words:", " Listen:"),
    says=(('{name} replies: "', '"'), ("{name} - ", ""), ("{name} answers: ", "")),
    statements=(
        ("I am not sure which card it is.", "I have no idea what it is.", "I don't know that one."),
        (
            "I was sure that you don't know.",
            "I was certain you could not know it.",
            "I was aware that you didn't know.",
        ),
        ("Aha, I know which one it is.", "Now I am sure what it is.", "In that case I know."),
        ("Then I am sure as well.", "And now so do I.", "In that case I know it too."),
    ),
    questions=("So which card was hidden?", "What must the card be?", "Name the chosen card."),
    between=("\n", "\n\n", " ", "\n  "),
)
