# Completion of qwq. Made from its commands by `make docs`: edits would be lost.

_qwq_words() {
    local word
    for word; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
    done
}

_qwq_files() { # folders, and files by the pattern $1; what is in quotes is left to readline
    local name
    compopt -o filenames 2>/dev/null
    if [[ $cur == [\"\']* ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    while IFS= read -r name; do
        COMPREPLY+=("$name")
    done < <(
        [[ $1 == '*' ]] || compgen -d -- "$cur"
        [[ ! $1 ]] || compgen -f -X "!$1" -- "$cur"
    )
}

_qwq_listed() { # what only the program knows
    local name _
    while IFS=$'\t' read -r name _; do
        _qwq_words "$name"
    done < <("${program/#~\//$HOME/}" complete "$1" 2>/dev/null </dev/null)
}

_qwq_command() { # what the command $1 has; `valued` matches an option whose value is the next word
    case $1 in
    qwq)
        commands='ask chat serve ps stop batch trim doctor history model puzzle eval config completions'
        options='--version -h --help'
        valued='^(-)$'
        ;;
    'qwq ask')
        commands=''
        options='-f --file -m --model --base-url -s --system --temperature --top-p --top-k --min-p --seed --max-tokens --reasoning --budget --loops --loop-sensitivity --rescues --language --no-warm --warm --final --json --jsonl --stream --plain -q --quiet --example -c --continue --no-history --replay -h --help'
        valued='^(--file|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--seed|--max-tokens|--reasoning|--budget|--loops|--loop-sensitivity|--rescues|--language|--example|--replay|-[^-fms]*[fms])$'
        ;;
    'qwq chat')
        commands=''
        options='-c --continue -m --model --base-url -s --system --temperature --top-p --top-k --min-p --seed --max-tokens --reasoning --budget --loops --loop-sensitivity --rescues --language --no-warm --warm --plain -q --quiet --no-history -h --help'
        valued='^(--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--seed|--max-tokens|--reasoning|--budget|--loops|--loop-sensitivity|--rescues|--language|-[^-ms]*[ms])$'
        ;;
    'qwq serve')
        commands=''
        options='-m --model --base-url --host --port --socket --key-file --parallel --queue --context --grace --keep-alive --bare --max-tokens --budget --loops -h --help'
        valued='^(--model|--base-url|--host|--port|--socket|--key-file|--parallel|--queue|--context|--grace|--keep-alive|--max-tokens|--budget|--loops|-[^-m]*[m])$'
        ;;
    'qwq ps')
        commands=''
        options='--json -h --help'
        valued='^(-)$'
        ;;
    'qwq stop')
        commands=''
        options='--all -h --help'
        valued='^(-)$'
        ;;
    'qwq batch')
        commands=''
        options='-o --output -n --concurrency --retry -m --model --base-url -s --system --temperature --top-p --top-k --min-p --seed --max-tokens --budget --loops --loop-sensitivity --rescues --language -q --quiet -h --help'
        valued='^(--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--seed|--max-tokens|--budget|--loops|--loop-sensitivity|--rescues|--language|-[^-onms]*[onms])$'
        ;;
    'qwq trim')
        commands=''
        options='--json --report --mark --as --sensitivity -h --help'
        valued='^(--as|--sensitivity)$'
        ;;
    'qwq doctor')
        commands=''
        options='--json -h --help'
        valued='^(-)$'
        ;;
    'qwq history')
        commands='list show search export rm path'
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq history list')
        commands=''
        options='-n --limit --json -h --help'
        valued='^(--limit|-[^-n]*[n])$'
        ;;
    'qwq history show')
        commands=''
        options='--reasoning --answer --final --json -h --help'
        valued='^(--reasoning)$'
        ;;
    'qwq history search')
        commands=''
        options='-n --limit --json -h --help'
        valued='^(--limit|-[^-n]*[n])$'
        ;;
    'qwq history export')
        commands=''
        options='-t --format -o --output --all -h --help'
        valued='^(--format|--output|-[^-to]*[to])$'
        ;;
    'qwq history rm')
        commands=''
        options='--all -y --yes -h --help'
        valued='^(-)$'
        ;;
    'qwq history path')
        commands=''
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq model')
        commands='list pull show rm use add fit'
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq model list')
        commands=''
        options='--all --json -h --help'
        valued='^(-)$'
        ;;
    'qwq model pull')
        commands=''
        options='--revision --file --name -h --help'
        valued='^(--revision|--file|--name)$'
        ;;
    'qwq model show')
        commands=''
        options='--json -h --help'
        valued='^(-)$'
        ;;
    'qwq model rm')
        commands=''
        options='-y --yes -h --help'
        valued='^(-)$'
        ;;
    'qwq model use')
        commands=''
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq model add')
        commands=''
        options='--name -h --help'
        valued='^(--name)$'
        ;;
    'qwq model fit')
        commands=''
        options='--vram --params --context --cache --headless --json -h --help'
        valued='^(--vram|--params|--context|--cache)$'
        ;;
    'qwq puzzle')
        commands='new solve check'
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq puzzle new')
        commands=''
        options='--lang --seed --difficulty --wording --cards --unsolvable --json -h --help'
        valued='^(--lang|--seed|--difficulty|--wording|--cards)$'
        ;;
    'qwq puzzle solve')
        commands=''
        options='--json -h --help'
        valued='^(-)$'
        ;;
    'qwq puzzle check')
        commands=''
        options='--json -h --help'
        valued='^(-)$'
        ;;
    'qwq eval')
        commands='cards knights orders equations columns remainders truth report'
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq eval cards')
        commands=''
        options='-n --count --lang --difficulty --wording --unsolvable --seed -o --output --concurrency -m --model --base-url -s --system --temperature --top-p --top-k --min-p --max-tokens --budget --loops --json --wrong -q --quiet -h --help'
        valued='^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
        ;;
    'qwq eval knights')
        commands=''
        options='-n --count --lang --difficulty --wording --unsolvable --seed -o --output --concurrency -m --model --base-url -s --system --temperature --top-p --top-k --min-p --max-tokens --budget --loops --json --wrong -q --quiet -h --help'
        valued='^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
        ;;
    'qwq eval orders')
        commands=''
        options='-n --count --lang --difficulty --wording --unsolvable --seed -o --output --concurrency -m --model --base-url -s --system --temperature --top-p --top-k --min-p --max-tokens --budget --loops --json --wrong -q --quiet -h --help'
        valued='^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
        ;;
    'qwq eval equations')
        commands=''
        options='-n --count --lang --difficulty --wording --unsolvable --seed -o --output --concurrency -m --model --base-url -s --system --temperature --top-p --top-k --min-p --max-tokens --budget --loops --json --wrong -q --quiet -h --help'
        valued='^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
        ;;
    'qwq eval columns')
        commands=''
        options='-n --count --lang --difficulty --wording --unsolvable --seed -o --output --concurrency -m --model --base-url -s --system --temperature --top-p --top-k --min-p --max-tokens --budget --loops --json --wrong -q --quiet -h --help'
        valued='^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
        ;;
    'qwq eval remainders')
        commands=''
        options='-n --count --lang --difficulty --wording --unsolvable --seed -o --output --concurrency -m --model --base-url -s --system --temperature --top-p --top-k --min-p --max-tokens --budget --loops --json --wrong -q --quiet -h --help'
        valued='^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
        ;;
    'qwq eval truth')
        commands=''
        options='-n --count --lang --difficulty --wording --unsolvable --seed -o --output --concurrency -m --model --base-url -s --system --temperature --top-p --top-k --min-p --max-tokens --budget --loops --json --wrong -q --quiet -h --help'
        valued='^(--count|--lang|--difficulty|--wording|--seed|--output|--concurrency|--model|--base-url|--system|--temperature|--top-p|--top-k|--min-p|--max-tokens|--budget|--loops|-[^-noms]*[noms])$'
        ;;
    'qwq eval report')
        commands=''
        options='--json --wrong -h --help'
        valued='^(-)$'
        ;;
    'qwq config')
        commands='show path set unset'
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq config show')
        commands=''
        options='--json -h --help'
        valued='^(-)$'
        ;;
    'qwq config path')
        commands=''
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq config set')
        commands=''
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq config unset')
        commands=''
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq completions')
        commands=install
        options='-h --help'
        valued='^(-)$'
        ;;
    'qwq completions install')
        commands=''
        options='--print --uninstall -h --help'
        valued='^(-)$'
        ;;
    esac
}

_qwq_values() { # what the option or the argument (by its number) of a command can be
    case $1 in
    'qwq ask -f' | 'qwq ask --file') _qwq_files '*' ;;
    'qwq ask -m' | 'qwq ask --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq ask --reasoning') _qwq_words auto show fold hide stderr ;;
    'qwq ask --loops') _qwq_words recover stop report off ;;
    'qwq ask --loop-sensitivity') _qwq_words low normal high ;;
    'qwq ask --language') _qwq_words auto off zh en ja ko ru uk de fr es it pt el ar he th hi ;;
    'qwq ask --example') _qwq_words cards ;;
    'qwq ask --replay') _qwq_files '*' ;;
    'qwq chat -m' | 'qwq chat --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq chat --reasoning') _qwq_words auto show fold hide stderr ;;
    'qwq chat --loops') _qwq_words recover stop report off ;;
    'qwq chat --loop-sensitivity') _qwq_words low normal high ;;
    'qwq chat --language') _qwq_words auto off zh en ja ko ru uk de fr es it pt el ar he th hi ;;
    'qwq chat 1') _qwq_listed history ;;
    'qwq serve -m' | 'qwq serve --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq serve --socket') _qwq_files '*' ;;
    'qwq serve --key-file') _qwq_files '*' ;;
    'qwq serve --loops') _qwq_words recover stop report off ;;
    'qwq batch -o' | 'qwq batch --output') _qwq_files '*' ;;
    'qwq batch -m' | 'qwq batch --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq batch --loops') _qwq_words recover stop report off ;;
    'qwq batch --loop-sensitivity') _qwq_words low normal high ;;
    'qwq batch --language') _qwq_words auto off zh en ja ko ru uk de fr es it pt el ar he th hi ;;
    'qwq batch 1') _qwq_files '*' ;;
    'qwq trim --as') _qwq_words auto answer thinking ;;
    'qwq trim --sensitivity') _qwq_words low normal high ;;
    'qwq trim 1') _qwq_files '*' ;;
    'qwq history show --reasoning') _qwq_words show hide raw ;;
    'qwq history show 1') _qwq_listed history ;;
    'qwq history export -t' | 'qwq history export --format') _qwq_words md json html ;;
    'qwq history export -o' | 'qwq history export --output') _qwq_files '*' ;;
    'qwq history export '[0-9]*) _qwq_listed history ;;
    'qwq history rm '[0-9]*) _qwq_listed history ;;
    'qwq model pull 1') _qwq_words qwq-32b-preview qwq-32b r1-distill-qwen-7b r1-distill-qwen-14b r1-distill-qwen-32b qwen3-32b qwq-32b-3bpw qwq-32b-3.5bpw qwq-32b-4.25bpw qwq-32b-5bpw qwq-32b-6.5bpw qwq-32b-8bpw qwq-32b-4bpw qwq-32b-4.5bpw qwq-32b-q4_k_m qwq-32b-q5_k_m qwq-32b-q6_k qwq-32b-q8_0 qwq-32b-preview-3.5bpw qwq-32b-preview-4bpw qwq-32b-preview-4.5bpw qwq-32b-preview-6bpw qwq-32b-preview-8bpw qwq-32b-preview-q4_k_m qwq-32b-preview-q5_k_m qwq-32b-preview-q6_k qwq-32b-preview-q8_0 r1-distill-qwen-7b-q4_k_m r1-distill-qwen-7b-q6_k r1-distill-qwen-7b-q8_0 r1-distill-qwen-14b-3bpw r1-distill-qwen-14b-3.5bpw r1-distill-qwen-14b-4.25bpw r1-distill-qwen-14b-5bpw r1-distill-qwen-14b-6.5bpw r1-distill-qwen-14b-8bpw r1-distill-qwen-14b-q4_k_m r1-distill-qwen-32b-4bpw r1-distill-qwen-32b-4.2bpw r1-distill-qwen-32b-6.5bpw r1-distill-qwen-32b-q4_0 r1-distill-qwen-32b-q8_0 qwen3-32b-q4_k_m ;;
    'qwq model show 1') _qwq_listed models ;;
    'qwq model rm 1') _qwq_listed models ;;
    'qwq model use 1') _qwq_listed models ;;
    'qwq model add 1') _qwq_files '*' ;;
    'qwq model fit --params') _qwq_words qwq-32b-preview qwq-32b r1-distill-qwen-7b r1-distill-qwen-14b r1-distill-qwen-32b qwen3-32b ;;
    'qwq model fit --cache') _qwq_words fp16 q8 q6 q4 ;;
    'qwq model fit 1') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq puzzle new --lang') _qwq_words zh en ;;
    'qwq puzzle new --difficulty') _qwq_words easy medium hard ;;
    'qwq puzzle new --wording') _qwq_words announcement common rare ;;
    'qwq puzzle new 1') _qwq_words cards knights orders equations columns remainders truth ;;
    'qwq puzzle solve 1') _qwq_files '*' ;;
    'qwq puzzle check 1') _qwq_files '*' ;;
    'qwq eval cards -o' | 'qwq eval cards --output') _qwq_files '*' ;;
    'qwq eval cards -m' | 'qwq eval cards --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq eval cards --loops') _qwq_words recover stop report off ;;
    'qwq eval knights -o' | 'qwq eval knights --output') _qwq_files '*' ;;
    'qwq eval knights -m' | 'qwq eval knights --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq eval knights --loops') _qwq_words recover stop report off ;;
    'qwq eval orders -o' | 'qwq eval orders --output') _qwq_files '*' ;;
    'qwq eval orders -m' | 'qwq eval orders --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq eval orders --loops') _qwq_words recover stop report off ;;
    'qwq eval equations -o' | 'qwq eval equations --output') _qwq_files '*' ;;
    'qwq eval equations -m' | 'qwq eval equations --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq eval equations --loops') _qwq_words recover stop report off ;;
    'qwq eval columns -o' | 'qwq eval columns --output') _qwq_files '*' ;;
    'qwq eval columns -m' | 'qwq eval columns --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq eval columns --loops') _qwq_words recover stop report off ;;
    'qwq eval remainders -o' | 'qwq eval remainders --output') _qwq_files '*' ;;
    'qwq eval remainders -m' | 'qwq eval remainders --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq eval remainders --loops') _qwq_words recover stop report off ;;
    'qwq eval truth -o' | 'qwq eval truth --output') _qwq_files '*' ;;
    'qwq eval truth -m' | 'qwq eval truth --model') _qwq_listed models; _qwq_files '*.gguf' ;;
    'qwq eval truth --loops') _qwq_words recover stop report off ;;
    'qwq eval report '[0-9]*) _qwq_files '*' ;;
    'qwq config set 1') _qwq_words model system temperature top_p top_k min_p presence_penalty dry_multiplier xtc_probability seed max_tokens context cache draft warm keep_alive reasoning budget loops loop_sensitivity rescues language history markdown server base_url api_key serve_key dialect proxy ca_file timeout ;;
    'qwq config unset 1') _qwq_words model system temperature top_p top_k min_p presence_penalty dry_multiplier xtc_probability seed max_tokens context cache draft warm keep_alive reasoning budget loops loop_sensitivity rescues language history markdown server base_url api_key serve_key dialect proxy ca_file timeout ;;
    'qwq completions install 1') _qwq_words bash zsh fish ;;
    esac
}

_qwq() {
    local IFS=$' \t\n' program=$1 command=qwq option='' ended='' glued='' cur='' count=0
    local commands options valued i word
    local -a words=()
    COMPREPLY=()
    for ((i = 1; i <= COMP_CWORD; i++)); do # readline splits at = and :, the program does not
        word=${COMP_WORDS[i]}
        if [[ $word && ${#words[@]} -gt 0 && ($glued || $word == [=:]*) ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        glued=
        [[ $word && ! ${word//[=:]/} ]] && glued=1
    done
    cur=${words[${#words[@]} - 1]}
    _qwq_command "$command"
    for ((i = 0; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if [[ $option ]]; then
            option=
        elif [[ ! $ended && $word == -- ]]; then
            ended=1
        elif [[ ! $ended && $word == -?* ]]; then
            [[ $word =~ $valued ]] && option=$word
        elif [[ " $commands " == *" $word "* ]]; then
            command+=" $word"
            _qwq_command "$command"
        else
            ((count++))
        fi
    done

    local kept=''
    if [[ $option == -[!-]* ]]; then
        option=-${option:${#option}-1}
    elif [[ ! $option && ! $ended && $cur == --*=* ]]; then
        option=${cur%%=*} cur=${cur#*=}
        [[ $COMP_WORDBREAKS == *=* ]] || kept=$option=
    elif [[ ! $option && ! $ended && $cur == -* ]]; then
        _qwq_words $options
        return
    elif [[ ! $option && $commands && $count -eq 0 ]]; then
        _qwq_words $commands
        return
    fi
    _qwq_values "$command ${option:-$((count + 1))}"

    local drop=''
    [[ $COMP_WORDBREAKS == *:* && $cur == *:* ]] && drop=${cur%"${cur##*:}"}
    for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
        COMPREPLY[i]=$kept${COMPREPLY[i]#"$drop"}
    done
}

complete -F _qwq qwq
