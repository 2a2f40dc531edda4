"""LaTeX's names for what Unicode has a character for. Facts only; `mathematics` reads formulas.

The names are those of TeX, AMS-LaTeX and the usual text commands; a name that stands for a kind of
space is a blank here, one that only sets the type stands for nothing.
"""

from typing import Final


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


LETTERS: Final = _pairs("""
alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
varGamma Γ varDelta Δ varTheta Θ varLambda Λ varPi Π varSigma Σ varPhi Φ varPsi Ψ varOmega Ω
aleph ℵ beth ℶ hbar ℏ hslash ℏ imath ı jmath ȷ ell ℓ wp ℘ Re ℜ Im ℑ partial ∂ nabla ∇ infty ∞
emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠
measuredangle ∡ sphericalangle ∢ triangle △ square □ Box □ blacksquare ■ Diamond ◇ lozenge ◊
bigstar ★ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ flat ♭ natural ♮ sharp ♯ surd √
prime ′ backprime ‵ complement ∁ eth ð mho ℧ checkmark ✓ dagger † ddagger ‡ dag † ddag ‡ S § P ¶
copyright © pounds £ yen ¥ degree ° celsius ℃ ohm Ω micro µ aa å AA Å ae æ AE Æ oe œ OE Œ
o ø O Ø ss ß l ł L Ł textdegree ° textmu µ
ldots … dots … cdots ⋯ dotsc … dotsb ⋯ dotsm ⋯ dotsi ⋯ dotso …
vdots ⋮ ddots ⋱ hdots … textellipsis …
lbrace { rbrace } lbrack [ rbrack ] lparen ( rparen ) vert | Vert ‖ lvert | rvert | lVert ‖ rVert ‖
langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ ulcorner ⌜ urcorner ⌝ llcorner ⌞ lrcorner ⌟
llbracket ⟦ rrbracket ⟧ backslash \\ textbackslash \\ lq ‘ rq ’ textquotedblleft “
textquotedblright ” textendash – textemdash — colon : lgroup ( rgroup )
sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ oiint ∯ bigcap ⋂ bigcup ⋃ bigsqcup ⨆ bigvee ⋁
bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄
""")
"""Letters, signs, brackets and large operators: no space around them."""

OPERATORS: Final = _pairs("""
times × div ÷ cdot · pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘
odot ⊙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖
wr ≀ amalg ⨿ diamond ⋄ bigtriangleup △ bigtriangledown ▽ triangleleft ◁ triangleright ▷ ltimes ⋉
rtimes ⋊ bowtie ⋈ dotplus ∔ veebar ⊻ barwedge ⊼ bigcirc ◯ centerdot · Join ⨝
leq ≤ le ≤ leqslant ⩽ geq ≥ ge ≥ geqslant ⩾ neq ≠ ne ≠ equiv ≡ approx ≈ approxeq ≊ cong ≅ sim ∼
simeq ≃ propto ∝ varpropto ∝ ll ≪ gg ≫ lll ⋘ ggg ⋙ prec ≺ succ ≻ preceq ⪯ succeq ⪰ asymp ≍
doteq ≐ triangleq ≜ coloneqq ≔ eqqcolon ≕ nleq ≰ ngeq ≱ nless ≮ ngtr ≯ lesssim ≲ gtrsim ≳ leqq ≦
geqq ≧ lessgtr ≶ gtrless ≷ lt < gt > eq =
in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇ supsetneq ⊋ nsubseteq ⊈
nsupseteq ⊉ sqsubset ⊏ sqsubseteq ⊑ sqsupset ⊐ sqsupseteq ⊒ mid ∣ nmid ∤ parallel ∥ nparallel ∦
perp ⊥ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ nvdash ⊬ nvDash ⊭ smile ⌣ frown ⌢ therefore ∴
because ∵ between ≬
to → rightarrow → longrightarrow ⟶ leftarrow ← gets ← longleftarrow ⟵ leftrightarrow ↔
longleftrightarrow ⟷ Rightarrow ⇒ Longrightarrow ⟹ implies ⟹ Leftarrow ⇐ Longleftarrow ⟸
impliedby ⟸ Leftrightarrow ⇔ Longleftrightarrow ⟺ iff ⟺ mapsto ↦ longmapsto ⟼ uparrow ↑
downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙
nwarrow ↖ hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼
leftharpoondown ↽ rightleftharpoons ⇌ leftrightharpoons ⇋ rightrightarrows ⇉ leftleftarrows ⇇
rightleftarrows ⇄ nrightarrow ↛ nleftarrow ↚ nRightarrow ⇏ nLeftarrow ⇍ nleftrightarrow ↮
nLeftrightarrow ⇎ twoheadrightarrow ↠ rightarrowtail ↣ rightsquigarrow ⇝ leadsto ⇝ upharpoonright ↾
circlearrowleft ↺ circlearrowright ↻
""")
"""Operators, relations and arrows: a blank on each side, where there is something to part."""

NAMES: Final = _words("""
sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh coth log ln lg exp lim limsup
liminf max min sup inf det dim ker hom deg arg gcd lcm Pr mod
""")
"""Operators that are written as their names."""

SPACES: Final = dict.fromkeys([",", ";", ":", " ", ">", "quad", "qquad", "enspace", "space"], " ")
NOTHING: Final = _words("""
! displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits big Big bigg Bigg bigl bigr
Bigl Bigr biggl biggr Biggl Biggr bigm Bigm biggm Biggm middle mathstrut strut nonumber notag
noindent centering hline toprule midrule bottomrule rm bf it boldmath protect allowbreak nobreak
relax left right bigskip medskip smallskip displaylimits
""")
"""Commands that only set the type."""

WRAPPERS: Final = _words("""
text textrm textit textsf texttt textnormal textup mathrm mathit mathsf mathtt mathnormal mathcal
mathscr mathfrak mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner operatorname
mbox hbox boldsymbol bm pmb mathbf textbf emph underline underbrace overbrace ensuremath smash
cancel bcancel xcancel sout displaylines substack mathstrut fbox
""")
"""Commands whose argument is set in another type: it stands as it is."""

VERBATIM: Final = _words("""
text textrm textit textsf texttt textnormal textup textbf mbox hbox emph fbox
""")
"""Those of them whose argument is text, not mathematics: blanks count."""

ACCENTS: Final = _pairs("""
hat \u0302 widehat \u0302 bar \u0304 overline \u0305 vec \u20d7 overrightarrow \u20d7 dot \u0307
ddot \u0308 dddot \u20db tilde \u0303 widetilde \u0303 check \u030c acute \u0301 grave \u0300
breve \u0306 mathring \u030a not \u0338
""")
"""Characters that combine with the one before them."""

DOUBLE_STRUCK: Final = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))

RAISED: Final = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθιϕφχ′∘°*",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᶥᶲᵠᵡ′°°*",
        strict=True,
    )
)
LOWERED: Final = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
