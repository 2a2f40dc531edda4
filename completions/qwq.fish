# Completion of qwq. Made from its commands by `make docs`: edits would be lost.

function __qwq_listed --description 'what only the program knows'
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' $HOME/ -- $words[1])
    $program complete $argv[1] 2>/dev/null </dev/null
end

function __qwq_files --description 'files that end so, and folders'
    set -l end (string escape --style=regex -- $argv[1])
    __fish_complete_suffix $argv[1] | string match -r -- "^[^\t]*(?:/|$end)(?:\t.*)?\$"
end

function __qwq_at --description 'whether command $1 is being written, at arguments $2 to $3'
    set -l words (commandline -opc)
    set -e words[1]
    set -l command qwq
    set -l commands ask chat serve ps stop batch trim doctor history model puzzle eval config completions
    set -l valued '^(-)$'
    set -l count 1
    set -l skipped
    set -l ended
    for word in $words
        if test -n "$skipped"
            set skipped
        else if test -z "$ended"; and test "$word" = --
            set ended 1
        else if test -z "$ended"; and string match -qr -- '^-.' $word
            string match -qr -- $valued $word; and set skipped 1
        else if contains -- $word $commands
            set command "$command $word"
            set commands
            switch $command
                case 'qwq ask'
                    set valued '^(--file|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--seed|--max-tokens|--reasoning|--budget|--loops|--loop-sensitivity|--rescues|--language|--example|--replay|-[^-fms]*[fms])$'
                case 'qwq chat'
                    set valued '^(--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--seed|--max-tokens|--reasoning|--budget|--loops|--loop-sensitivity|--rescues|--language|-[^-ms]*[ms])$'
                case 'qwq serve'
                    set valued '^(--model|--base-url|--host|--port|--socket|--key-file|--parallel|--queue|--context|--grace|--keep-alive|--max-tokens|--budget|--loops|-[^-m]*[m])$'
                case 'qwq ps'
                    set valued '^(-)$'
                case 'qwq stop'
                    set valued '^(-)$'
                case 'qwq batch'
                    set valued '^(--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--seed|--max-tokens|--budget|--loops|--loop-sensitivity|--rescues|--language|-[^-onms]*[onms])$'
                case 'qwq trim'
                    set valued '^(--as|--sensitivity)$'
                case 'qwq doctor'
                    set valued '^(-)$'
                case 'qwq history'
                    set commands list show search export rm path
                    set valued '^(-)$'
                case 'qwq history list'
                    set valued '^(--limit|-[^-n]*[n])$'
                case 'qwq history show'
                    set valued '^(--reasoning)$'
                case 'qwq history search'
                    set valued '^(--limit|-[^-n]*[n])$'
                case 'qwq history export'
                    set valued '^(--format|--output|-[^-to]*[to])$'
                case 'qwq history rm'
                    set valued '^(-)$'
                case 'qwq history path'
                    set valued '^(-)$'
                case 'qwq model'
                    set commands list pull show rm use add fit
                    set valued '^(-)$'
                case 'qwq model list'
                    set valued '^(-)$'
                case 'qwq model pull'
                    set valued '^(--revision|--file|--name)$'
                case 'qwq model show'
                    set valued '^(-)$'
                case 'qwq model rm'
                    set valued '^(-)$'
                case 'qwq model use'
                    set valued '^(-)$'
                case 'qwq model add'
                    set valued '^(--name)$'
                case 'qwq model fit'
                    set valued '^(--vram|--params|--context|--cache)$'
                case 'qwq puzzle'
                    set commands new solve check
                    set valued '^(-)$'
                case 'qwq puzzle new'
                    set valued '^(--lang|--seed|--difficulty|--wording|--cards)$'
                case 'qwq puzzle solve'
                    set valued '^(-)$'
                case 'qwq puzzle check'
                    set valued '^(-)$'
                case 'qwq eval'
                    set commands cards knights orders equations columns remainders truth report
                    set valued '^(-)$'
                case 'qwq eval cards'
                    set valued '^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
                case 'qwq eval knights'
                    set valued '^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
                case 'qwq eval orders'
                    set valued '^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
                case 'qwq eval equations'
                    set valued '^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
                case 'qwq eval columns'
                    set valued '^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
                case 'qwq eval remainders'
                    set valued '^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
                case 'qwq eval truth'
                    set valued '^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
                case 'qwq eval report'
                    set valued '^(-)$'
                case 'qwq config'
                    set commands show path set unset
                    set valued '^(-)$'
                case 'qwq config show'
                    set valued '^(-)$'
                case 'qwq config path'
                    set valued '^(-)$'
                case 'qwq config set'
                    set valued '^(-)$'
                case 'qwq config unset'
                    set valued '^(-)$'
                case 'qwq completions'
                    set commands install
                    set valued '^(-)$'
                case 'qwq completions install'
                    set valued '^(-)$'
            end
        else
            set count (math $count + 1)
        end
    end
    test "$command" = "$argv[1]"; or return
    test -n "$argv[2]"; or return 0
    test -z "$ended"; and string match -q -- '-*' (commandline -ct); and return 1
    test $count -ge $argv[2]; and test $count -le $argv[3]
end

complete -c qwq -e
complete -c qwq -f
complete -c qwq -n '__qwq_at "qwq" 1 1' -a ask -d 'Ask a question and get a reasoned answer'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a chat -d 'Talk with a model: ask, watch, go back, branch, and go on another day'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a serve -d 'Serve a model to any OpenAI client'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a ps -d 'List the models that stay loaded'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a stop -d 'End models that stay loaded'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a batch -d 'Ask thousands of questions, several at once'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a trim -d 'Remove repetition loops from a model\'s output: the first copy stays, the loop goes'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a doctor -d 'Look at what qwq stands on, and say what mends what is wrong'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a history -d 'What was asked and answered: listed, searched, shown, exported, removed'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a model -d 'Get models, and see what fits'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a puzzle -d 'Make, solve and check logic puzzles, without a model'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a eval -d 'Measure how well a model reasons, on puzzles that nobody has seen'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a config -d 'Show and change settings'
complete -c qwq -n '__qwq_at "qwq" 1 1' -a completions -d 'Let your shell complete qwq\'s commands, options, models and files'
complete -c qwq -n '__qwq_at "qwq"' -l version -d 'Print the version and exit'
complete -c qwq -n '__qwq_at "qwq"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq ask"' -s f -l file -d 'Material; may be given several times' -r -F
complete -c qwq -n '__qwq_at "qwq ask"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq ask"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l seed -d 'The same seed draws the same tokens' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l reasoning -d 'Where the thinking goes; fold keeps it to one line, which Tab opens' -r -f -k -a 'auto show fold hide stderr'
complete -c qwq -n '__qwq_at "qwq ask"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq ask"' -l loop-sensitivity -d 'How soon a circle is believed to be one' -r -f -k -a 'low normal high'
complete -c qwq -n '__qwq_at "qwq ask"' -l rescues -d 'Lead it out so often; the last time to an answer' -r -f
complete -c qwq -n '__qwq_at "qwq ask"' -l language -d 'The answer\'s language, insisted on; auto only reports' -r -f -k -a 'auto off zh en ja ko ru uk de fr es it pt el ar he th hi'
complete -c qwq -n '__qwq_at "qwq ask"' -l no-warm -l warm -d 'Leave the model loaded in the background, or load it anew'
complete -c qwq -n '__qwq_at "qwq ask"' -l final -d 'Only the final answer, on one line'
complete -c qwq -n '__qwq_at "qwq ask"' -l json -d 'One JSON object, at the end'
complete -c qwq -n '__qwq_at "qwq ask"' -l jsonl -d 'One JSON object for each event, as it comes'
complete -c qwq -n '__qwq_at "qwq ask"' -l stream -d 'Down a pipe, write the answer as it comes'
complete -c qwq -n '__qwq_at "qwq ask"' -l plain -d 'Show the answer as it is written, not as Markdown'
complete -c qwq -n '__qwq_at "qwq ask"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq ask"' -l example -d 'Ask an example instead of a question of yours' -r -f -k -a 'cards'
complete -c qwq -n '__qwq_at "qwq ask"' -s c -l continue -d 'Go on with the last conversation'
complete -c qwq -n '__qwq_at "qwq ask"' -l no-history -d 'Don\'t keep it in the history'
complete -c qwq -n '__qwq_at "qwq ask"' -l replay -d 'Show a recorded answer (text, --json, --jsonl) again' -r -F
complete -c qwq -n '__qwq_at "qwq ask"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq chat"' -s c -l continue -d 'Go on with the last conversation'
complete -c qwq -n '__qwq_at "qwq chat"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq chat"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l seed -d 'The same seed draws the same tokens' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l reasoning -d 'Where the thinking goes; fold keeps it to one line, which Tab opens' -r -f -k -a 'auto show fold hide stderr'
complete -c qwq -n '__qwq_at "qwq chat"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq chat"' -l loop-sensitivity -d 'How soon a circle is believed to be one' -r -f -k -a 'low normal high'
complete -c qwq -n '__qwq_at "qwq chat"' -l rescues -d 'Lead it out so often; the last time to an answer' -r -f
complete -c qwq -n '__qwq_at "qwq chat"' -l language -d 'The answer\'s language, insisted on; auto only reports' -r -f -k -a 'auto off zh en ja ko ru uk de fr es it pt el ar he th hi'
complete -c qwq -n '__qwq_at "qwq chat"' -l no-warm -l warm -d 'Leave the model loaded in the background, or load it anew'
complete -c qwq -n '__qwq_at "qwq chat"' -l plain -d 'Show the answer as it is written, not as Markdown'
complete -c qwq -n '__qwq_at "qwq chat"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq chat"' -l no-history -d 'Don\'t keep it in the history'
complete -c qwq -n '__qwq_at "qwq chat"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq chat" 1 1' -f -k -a '(__qwq_listed history)'
complete -c qwq -n '__qwq_at "qwq serve"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq serve"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l host -d 'Where to listen; 0.0.0.0 is everywhere' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l port -d '0 takes any that is free' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l socket -d 'Listen at a Unix socket of yours alone instead' -r -F
complete -c qwq -n '__qwq_at "qwq serve"' -l key-file -d 'The key that clients have to know' -r -F
complete -c qwq -n '__qwq_at "qwq serve"' -l parallel -d 'Answer so many at once; others wait' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l queue -d 'Let so many wait' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l context -d 'The context of each, in tokens' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l grace -d 'How long the end may take' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l keep-alive -d 'End when nobody has asked for so long' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l bare -d 'Read no configuration file'
complete -c qwq -n '__qwq_at "qwq serve"' -l max-tokens -d 'At most so many, where a client sets none' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l budget -d 'So many tokens of thinking; likewise' -r -f
complete -c qwq -n '__qwq_at "qwq serve"' -l loops -d 'What is done about loops; likewise' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq serve"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq ps"' -l json -d 'As a JSON array'
complete -c qwq -n '__qwq_at "qwq ps"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq stop"' -l all -d 'All of them'
complete -c qwq -n '__qwq_at "qwq stop"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq batch"' -s o -l output -d 'The answers; - is standard output' -r -F
complete -c qwq -n '__qwq_at "qwq batch"' -s n -l concurrency -d 'So many at once: by default 16 on a server, 8 on a GPU, 4 of a small model, 1 of a large one without a GPU' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l retry -d 'Ask those again that failed before'
complete -c qwq -n '__qwq_at "qwq batch"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq batch"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l seed -d 'The same seed draws the same tokens' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq batch"' -l loop-sensitivity -d 'How soon a circle is believed to be one' -r -f -k -a 'low normal high'
complete -c qwq -n '__qwq_at "qwq batch"' -l rescues -d 'Lead it out so often; the last time to an answer' -r -f
complete -c qwq -n '__qwq_at "qwq batch"' -l language -d 'The answer\'s language, insisted on; auto only reports' -r -f -k -a 'auto off zh en ja ko ru uk de fr es it pt el ar he th hi'
complete -c qwq -n '__qwq_at "qwq batch"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq batch"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq batch" 1 1' -F
complete -c qwq -n '__qwq_at "qwq trim"' -l json -d 'As one JSON object, text and all'
complete -c qwq -n '__qwq_at "qwq trim"' -l report -d 'Only tell where it repeats, with excerpts'
complete -c qwq -n '__qwq_at "qwq trim"' -l mark -d 'Keep everything and mark what repeats'
complete -c qwq -n '__qwq_at "qwq trim"' -l as -d 'What the text is. auto: its marks tell, the rest is answer' -r -f -k -a 'auto answer thinking'
complete -c qwq -n '__qwq_at "qwq trim"' -l sensitivity -d 'How soon a loop is detected in reasoning' -r -f -k -a 'low normal high'
complete -c qwq -n '__qwq_at "qwq trim"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq trim" 1 1' -F
complete -c qwq -n '__qwq_at "qwq doctor"' -l json -d 'As one JSON object'
complete -c qwq -n '__qwq_at "qwq doctor"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq history" 1 1' -a list -d 'The conversations, the latest first: the last 20 on a terminal, all down a pipe'
complete -c qwq -n '__qwq_at "qwq history" 1 1' -a show -d 'A conversation, or one turn of it'
complete -c qwq -n '__qwq_at "qwq history" 1 1' -a search -d 'Turns whose question, answer or reasoning has the text; exit code 1 where none has'
complete -c qwq -n '__qwq_at "qwq history" 1 1' -a export -d 'Conversations as a document; in HTML the thought is folded and loops are marked'
complete -c qwq -n '__qwq_at "qwq history" 1 1' -a rm -d 'Remove conversations, for good'
complete -c qwq -n '__qwq_at "qwq history" 1 1' -a path -d 'Where the history is, or would be'
complete -c qwq -n '__qwq_at "qwq history"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq history list"' -s n -l limit -d 'At most so many; 0 is all' -r -f
complete -c qwq -n '__qwq_at "qwq history list"' -l json -d 'As a JSON array'
complete -c qwq -n '__qwq_at "qwq history list"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq history show"' -l reasoning -d 'The thinking; raw has what was taken back in it' -r -f -k -a 'show hide raw'
complete -c qwq -n '__qwq_at "qwq history show"' -l answer -d 'Only the last answer'
complete -c qwq -n '__qwq_at "qwq history show"' -l final -d 'Only its final answer'
complete -c qwq -n '__qwq_at "qwq history show"' -l json -d 'As one JSON object'
complete -c qwq -n '__qwq_at "qwq history show"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq history show" 1 1' -f -k -a '(__qwq_listed history)'
complete -c qwq -n '__qwq_at "qwq history search"' -s n -l limit -d 'At most so many; 0 is all' -r -f
complete -c qwq -n '__qwq_at "qwq history search"' -l json -d 'As a JSON array'
complete -c qwq -n '__qwq_at "qwq history search"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq history export"' -s t -l format -d 'By default that of the file\'s name, or md' -r -f -k -a 'md json html'
complete -c qwq -n '__qwq_at "qwq history export"' -s o -l output -d 'Write it there' -r -F
complete -c qwq -n '__qwq_at "qwq history export"' -l all -d 'All conversations'
complete -c qwq -n '__qwq_at "qwq history export"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq history export" 1 9999' -f -k -a '(__qwq_listed history)'
complete -c qwq -n '__qwq_at "qwq history rm"' -l all -d 'All conversations'
complete -c qwq -n '__qwq_at "qwq history rm"' -s y -l yes -d 'Don\'t ask'
complete -c qwq -n '__qwq_at "qwq history rm"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq history rm" 1 9999' -f -k -a '(__qwq_listed history)'
complete -c qwq -n '__qwq_at "qwq history path"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model" 1 1' -a list -d 'The models on this machine'
complete -c qwq -n '__qwq_at "qwq model" 1 1' -a pull -d 'Pull a model from the hub, or go on with a pull that was broken off'
complete -c qwq -n '__qwq_at "qwq model" 1 1' -a show -d 'What is known of a model: its files, its shape, and on a GPU what it would take'
complete -c qwq -n '__qwq_at "qwq model" 1 1' -a rm -d 'Remove a model, or what came of one'
complete -c qwq -n '__qwq_at "qwq model" 1 1' -a use -d 'Make a model the default of every command: the setting model'
complete -c qwq -n '__qwq_at "qwq model" 1 1' -a add -d 'Give a model that is on the disk a name here'
complete -c qwq -n '__qwq_at "qwq model" 1 1' -a fit -d 'What fits a GPU: bit rate, cache and context, what would be chosen, and why'
complete -c qwq -n '__qwq_at "qwq model"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model list"' -l all -d 'And what can be pulled'
complete -c qwq -n '__qwq_at "qwq model list"' -l json -d 'As JSON'
complete -c qwq -n '__qwq_at "qwq model list"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model pull"' -l revision -d 'A branch, tag or commit of OWNER/NAME' -r -f
complete -c qwq -n '__qwq_at "qwq model pull"' -l file -d 'The GGUF of OWNER/NAME' -r -f
complete -c qwq -n '__qwq_at "qwq model pull"' -l name -d 'What to call it here' -r -f
complete -c qwq -n '__qwq_at "qwq model pull"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model pull" 1 1' -f -k -a 'qwq-32b-preview qwq-32b r1-distill-qwen-7b r1-distill-qwen-14b r1-distill-qwen-32b qwen3-32b qwq-32b-3bpw qwq-32b-3.5bpw qwq-32b-4.25bpw qwq-32b-5bpw qwq-32b-6.5bpw qwq-32b-8bpw qwq-32b-4bpw qwq-32b-4.5bpw qwq-32b-q4_k_m qwq-32b-q5_k_m qwq-32b-q6_k qwq-32b-q8_0 qwq-32b-preview-3.5bpw qwq-32b-preview-4bpw qwq-32b-preview-4.5bpw qwq-32b-preview-6bpw qwq-32b-preview-8bpw qwq-32b-preview-q4_k_m qwq-32b-preview-q5_k_m qwq-32b-preview-q6_k qwq-32b-preview-q8_0 r1-distill-qwen-7b-q4_k_m r1-distill-qwen-7b-q6_k r1-distill-qwen-7b-q8_0 r1-distill-qwen-14b-3bpw r1-distill-qwen-14b-3.5bpw r1-distill-qwen-14b-4.25bpw r1-distill-qwen-14b-5bpw r1-distill-qwen-14b-6.5bpw r1-distill-qwen-14b-8bpw r1-distill-qwen-14b-q4_k_m r1-distill-qwen-32b-4bpw r1-distill-qwen-32b-4.2bpw r1-distill-qwen-32b-6.5bpw r1-distill-qwen-32b-q4_0 r1-distill-qwen-32b-q8_0 qwen3-32b-q4_k_m'
complete -c qwq -n '__qwq_at "qwq model show"' -l json -d 'As JSON'
complete -c qwq -n '__qwq_at "qwq model show"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model show" 1 1' -f -k -a '(__qwq_listed models)'
complete -c qwq -n '__qwq_at "qwq model rm"' -s y -l yes -d 'Don\'t ask'
complete -c qwq -n '__qwq_at "qwq model rm"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model rm" 1 1' -f -k -a '(__qwq_listed models)'
complete -c qwq -n '__qwq_at "qwq model use"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model use" 1 1' -f -k -a '(__qwq_listed models)'
complete -c qwq -n '__qwq_at "qwq model add"' -l name -d 'What to call it here' -r -f
complete -c qwq -n '__qwq_at "qwq model add"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model add" 1 1' -F
complete -c qwq -n '__qwq_at "qwq model fit"' -l vram -d 'The card\'s memory, instead of asking' -r -f
complete -c qwq -n '__qwq_at "qwq model fit"' -l params -d 'A model by its shape: qwq-32b, ' -r -f -k -a 'qwq-32b-preview qwq-32b r1-distill-qwen-7b r1-distill-qwen-14b r1-distill-qwen-32b qwen3-32b'
complete -c qwq -n '__qwq_at "qwq model fit"' -l context -d 'Tokens that must fit' -r -f
complete -c qwq -n '__qwq_at "qwq model fit"' -l cache -d 'This kind of cache and no other' -r -f -k -a 'fp16 q8 q6 q4'
complete -c qwq -n '__qwq_at "qwq model fit"' -l headless -d 'With --vram: no desktop on that card'
complete -c qwq -n '__qwq_at "qwq model fit"' -l json -d 'As JSON'
complete -c qwq -n '__qwq_at "qwq model fit"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq model fit" 1 1' -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq puzzle" 1 1' -a new -d 'A new puzzle with exactly one answer'
complete -c qwq -n '__qwq_at "qwq puzzle" 1 1' -a solve -d 'The answer, by trying everything; exit code 3 for a puzzle that has none, or several'
complete -c qwq -n '__qwq_at "qwq puzzle" 1 1' -a check -d 'Whether an answer is right: exit code 0 if so, 1 if not, 65 where none can be'
complete -c qwq -n '__qwq_at "qwq puzzle"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq puzzle new"' -l lang -d 'Its language' -r -f -k -a 'zh en'
complete -c qwq -n '__qwq_at "qwq puzzle new"' -l seed -d 'The same seed, the same puzzle' -r -f
complete -c qwq -n '__qwq_at "qwq puzzle new"' -l difficulty -d 'How hard; easy without it, but card puzzles of any size' -r -f -k -a 'easy medium hard'
complete -c qwq -n '__qwq_at "qwq puzzle new"' -l wording -d 'rare: words that quill has not learnt from. announcement: cards alone' -r -f -k -a 'announcement common rare'
complete -c qwq -n '__qwq_at "qwq puzzle new"' -l cards -d 'How many cards, 8 to 20' -r -f
complete -c qwq -n '__qwq_at "qwq puzzle new"' -l unsolvable -d 'One with no answer, or several'
complete -c qwq -n '__qwq_at "qwq puzzle new"' -l json -d 'As one JSON object'
complete -c qwq -n '__qwq_at "qwq puzzle new"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq puzzle new" 1 1' -f -k -a 'cards knights orders equations columns remainders truth'
complete -c qwq -n '__qwq_at "qwq puzzle solve"' -l json -d 'As one JSON object'
complete -c qwq -n '__qwq_at "qwq puzzle solve"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq puzzle solve" 1 1' -F
complete -c qwq -n '__qwq_at "qwq puzzle check"' -l json -d 'As one JSON object'
complete -c qwq -n '__qwq_at "qwq puzzle check"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq puzzle check" 1 1' -F
complete -c qwq -n '__qwq_at "qwq eval" 1 1' -a cards -d 'Card puzzles: P knows the rank, Q the suit'
complete -c qwq -n '__qwq_at "qwq eval" 1 1' -a knights -d 'Knights and knaves: who tells the truth?'
complete -c qwq -n '__qwq_at "qwq eval" 1 1' -a orders -d 'Orderings: who is the oldest?'
complete -c qwq -n '__qwq_at "qwq eval" 1 1' -a equations -d 'Linear equations'
complete -c qwq -n '__qwq_at "qwq eval" 1 1' -a columns -d 'Sums, differences and products'
complete -c qwq -n '__qwq_at "qwq eval" 1 1' -a remainders -d 'Remainders and divisibility'
complete -c qwq -n '__qwq_at "qwq eval" 1 1' -a truth -d 'Truth tables'
complete -c qwq -n '__qwq_at "qwq eval" 1 1' -a report -d 'Grade generations again, and show the figures of all of them'
complete -c qwq -n '__qwq_at "qwq eval"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval cards"' -s n -l count -d 'So many of each language, difficulty and wording' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l lang -d 'In which languages' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l difficulty -d 'Which difficulties' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l wording -d 'In which words; rare ones quill has not learnt from. cards: announcement, too' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l unsolvable -d 'Puzzles with no answer, or several; to say so is right'
complete -c qwq -n '__qwq_at "qwq eval cards"' -l seed -d 'The same seed draws the same puzzles; else a new one' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -s o -l output -d 'Where generations go: KIND-MODEL.jsonl here' -r -F
complete -c qwq -n '__qwq_at "qwq eval cards"' -l concurrency -d 'So many at once, as for qwq batch' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq eval cards"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq eval cards"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq eval cards"' -l json -d 'The figures as one JSON object'
complete -c qwq -n '__qwq_at "qwq eval cards"' -l wrong -d 'After the figures, every answer that is not right'
complete -c qwq -n '__qwq_at "qwq eval cards"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq eval cards"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval knights"' -s n -l count -d 'So many of each language, difficulty and wording' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l lang -d 'In which languages' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l difficulty -d 'Which difficulties' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l wording -d 'In which words; rare ones quill has not learnt from. cards: announcement, too' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l unsolvable -d 'Puzzles with no answer, or several; to say so is right'
complete -c qwq -n '__qwq_at "qwq eval knights"' -l seed -d 'The same seed draws the same puzzles; else a new one' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -s o -l output -d 'Where generations go: KIND-MODEL.jsonl here' -r -F
complete -c qwq -n '__qwq_at "qwq eval knights"' -l concurrency -d 'So many at once, as for qwq batch' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq eval knights"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq eval knights"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq eval knights"' -l json -d 'The figures as one JSON object'
complete -c qwq -n '__qwq_at "qwq eval knights"' -l wrong -d 'After the figures, every answer that is not right'
complete -c qwq -n '__qwq_at "qwq eval knights"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq eval knights"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval orders"' -s n -l count -d 'So many of each language, difficulty and wording' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l lang -d 'In which languages' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l difficulty -d 'Which difficulties' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l wording -d 'In which words; rare ones quill has not learnt from. cards: announcement, too' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l unsolvable -d 'Puzzles with no answer, or several; to say so is right'
complete -c qwq -n '__qwq_at "qwq eval orders"' -l seed -d 'The same seed draws the same puzzles; else a new one' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -s o -l output -d 'Where generations go: KIND-MODEL.jsonl here' -r -F
complete -c qwq -n '__qwq_at "qwq eval orders"' -l concurrency -d 'So many at once, as for qwq batch' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq eval orders"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq eval orders"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq eval orders"' -l json -d 'The figures as one JSON object'
complete -c qwq -n '__qwq_at "qwq eval orders"' -l wrong -d 'After the figures, every answer that is not right'
complete -c qwq -n '__qwq_at "qwq eval orders"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq eval orders"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval equations"' -s n -l count -d 'So many of each language, difficulty and wording' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l lang -d 'In which languages' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l difficulty -d 'Which difficulties' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l wording -d 'In which words; rare ones quill has not learnt from. cards: announcement, too' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l unsolvable -d 'Puzzles with no answer, or several; to say so is right'
complete -c qwq -n '__qwq_at "qwq eval equations"' -l seed -d 'The same seed draws the same puzzles; else a new one' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -s o -l output -d 'Where generations go: KIND-MODEL.jsonl here' -r -F
complete -c qwq -n '__qwq_at "qwq eval equations"' -l concurrency -d 'So many at once, as for qwq batch' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq eval equations"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq eval equations"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq eval equations"' -l json -d 'The figures as one JSON object'
complete -c qwq -n '__qwq_at "qwq eval equations"' -l wrong -d 'After the figures, every answer that is not right'
complete -c qwq -n '__qwq_at "qwq eval equations"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq eval equations"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval columns"' -s n -l count -d 'So many of each language, difficulty and wording' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l lang -d 'In which languages' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l difficulty -d 'Which difficulties' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l wording -d 'In which words; rare ones quill has not learnt from. cards: announcement, too' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l unsolvable -d 'Puzzles with no answer, or several; to say so is right'
complete -c qwq -n '__qwq_at "qwq eval columns"' -l seed -d 'The same seed draws the same puzzles; else a new one' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -s o -l output -d 'Where generations go: KIND-MODEL.jsonl here' -r -F
complete -c qwq -n '__qwq_at "qwq eval columns"' -l concurrency -d 'So many at once, as for qwq batch' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq eval columns"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq eval columns"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq eval columns"' -l json -d 'The figures as one JSON object'
complete -c qwq -n '__qwq_at "qwq eval columns"' -l wrong -d 'After the figures, every answer that is not right'
complete -c qwq -n '__qwq_at "qwq eval columns"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq eval columns"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval remainders"' -s n -l count -d 'So many of each language, difficulty and wording' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l lang -d 'In which languages' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l difficulty -d 'Which difficulties' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l wording -d 'In which words; rare ones quill has not learnt from. cards: announcement, too' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l unsolvable -d 'Puzzles with no answer, or several; to say so is right'
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l seed -d 'The same seed draws the same puzzles; else a new one' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -s o -l output -d 'Where generations go: KIND-MODEL.jsonl here' -r -F
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l concurrency -d 'So many at once, as for qwq batch' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l json -d 'The figures as one JSON object'
complete -c qwq -n '__qwq_at "qwq eval remainders"' -l wrong -d 'After the figures, every answer that is not right'
complete -c qwq -n '__qwq_at "qwq eval remainders"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq eval remainders"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval truth"' -s n -l count -d 'So many of each language, difficulty and wording' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l lang -d 'In which languages' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l difficulty -d 'Which difficulties' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l wording -d 'In which words; rare ones quill has not learnt from. cards: announcement, too' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l unsolvable -d 'Puzzles with no answer, or several; to say so is right'
complete -c qwq -n '__qwq_at "qwq eval truth"' -l seed -d 'The same seed draws the same puzzles; else a new one' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -s o -l output -d 'Where generations go: KIND-MODEL.jsonl here' -r -F
complete -c qwq -n '__qwq_at "qwq eval truth"' -l concurrency -d 'So many at once, as for qwq batch' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -s m -l model -d 'quill, a .gguf file, or openai/NAME' -r -f -k -a '(__qwq_listed models) (__qwq_files .gguf)'
complete -c qwq -n '__qwq_at "qwq eval truth"' -l base-url -d 'The server of -m openai/NAME: http://localhost:8000' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -s s -l system -d 'The system prompt' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l temperature -d '0 always takes the likeliest token' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l top-p -d '1 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l top-k -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l min-p -d '0 is off' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l max-tokens -d 'At most so many, thinking and answer together' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l budget -d 'So many tokens of thinking; then the answer is asked for' -r -f
complete -c qwq -n '__qwq_at "qwq eval truth"' -l loops -d 'When it goes in circles: lead it out, stop, only tell, or don\'t look' -r -f -k -a 'recover stop report off'
complete -c qwq -n '__qwq_at "qwq eval truth"' -l json -d 'The figures as one JSON object'
complete -c qwq -n '__qwq_at "qwq eval truth"' -l wrong -d 'After the figures, every answer that is not right'
complete -c qwq -n '__qwq_at "qwq eval truth"' -s q -l quiet -d 'No notices and no progress; errors only'
complete -c qwq -n '__qwq_at "qwq eval truth"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval report"' -l json -d 'The figures as one JSON object'
complete -c qwq -n '__qwq_at "qwq eval report"' -l wrong -d 'After the figures, every answer that is not right'
complete -c qwq -n '__qwq_at "qwq eval report"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq eval report" 1 9999' -F
complete -c qwq -n '__qwq_at "qwq config" 1 1' -a show -d 'Every setting, with the place that its value comes from'
complete -c qwq -n '__qwq_at "qwq config" 1 1' -a path -d 'Where your own configuration file is, or would be'
complete -c qwq -n '__qwq_at "qwq config" 1 1' -a set -d 'Write a setting into your own file; comments in it stay'
complete -c qwq -n '__qwq_at "qwq config" 1 1' -a unset -d 'Take a setting out of your own file, or a server with a name; comments in it stay'
complete -c qwq -n '__qwq_at "qwq config"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq config show"' -l json -d 'As one JSON object'
complete -c qwq -n '__qwq_at "qwq config show"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq config path"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq config set"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq config set" 1 1' -f -k -a 'model system temperature top_p top_k min_p presence_penalty dry_multiplier xtc_probability seed max_tokens context cache draft warm keep_alive reasoning budget loops loop_sensitivity rescues language history markdown server base_url api_key serve_key dialect proxy ca_file timeout'
complete -c qwq -n '__qwq_at "qwq config unset"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq config unset" 1 1' -f -k -a 'model system temperature top_p top_k min_p presence_penalty dry_multiplier xtc_probability seed max_tokens context cache draft warm keep_alive reasoning budget loops loop_sensitivity rescues language history markdown server base_url api_key serve_key dialect proxy ca_file timeout'
complete -c qwq -n '__qwq_at "qwq completions" 1 1' -a install -d 'Write the script to your own place for it, and say what is left to do'
complete -c qwq -n '__qwq_at "qwq completions"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq completions install"' -l print -d 'Write the script to standard output, and no file'
complete -c qwq -n '__qwq_at "qwq completions install"' -l uninstall -d 'Remove it again'
complete -c qwq -n '__qwq_at "qwq completions install"' -s h -l help -d 'Show this message and exit'
complete -c qwq -n '__qwq_at "qwq completions install" 1 1' -f -k -a 'bash zsh fish'
