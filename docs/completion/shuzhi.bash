# Completion of shuzhi for bash. Commands and options are asked of the program itself, so that they are always its own.

_shuzhi_words() { # kind of a value, as the program's help writes it → words; "files" or "directories" are left to the shell
    case $1 in
        FILE) echo files ;;
        DIR) echo directories ;;
        WHEN) echo auto always never ;;
        FORM) echo auto text journal json ;;
        STAGE) echo layout boxes pages ;;
        STATE) echo issued signed archived ;;
        PART) echo 1a 1b 2a 2b 3a 3b ;;
    esac
}

_shuzhi() {
    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local help words kind=
    COMPREPLY=()
    # "--option=value" comes as three words.
    [ "$current" != = ] || current=
    [ "$before" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}
    if [ "$COMP_CWORD" -eq 1 ] || { [ "$command" = help ] && [ "$COMP_CWORD" -eq 2 ]; }; then
        words=$("$program" help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' | grep -vx shuzhi)
        [ "$command" = help ] && [ "$COMP_CWORD" -eq 2 ] || words="$words help --help --version"
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        return
    fi
    help=$("$program" help "$command" 2>/dev/null | sed -n 's/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*\) \([A-Z]*\).*/\1\2 \3/p')
    case $before in
        -?*) kind=$(printf '%s\n' "$help" | tr -d , | awk -v option="$before" '$1 == option || $2 == option { print $NF }' | grep -v '^-') ;;
    esac
    if [ -z "$kind" ] && [[ $current == -* ]]; then
        words=$(printf '%s\n' "$help" | tr -d , | tr ' ' '\n' | grep '^-')
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        return
    fi
    # Without an option before it, a word is a file of import, init and diff.
    [ -n "$kind" ] || case $command in import | init | diff) kind=FILE ;; esac
    words=$(_shuzhi_words "$kind")
    case $words in
        files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        directories) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
    esac
}

complete -F _shuzhi shuzhi
