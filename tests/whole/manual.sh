#!/bin/bash
# The manual pages and completions for shells say what the program says: commands and options are asked of its own help and looked for there.
. tests/tap.sh

commands=$("$shuzhi" help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' | grep -vx shuzhi)
check "the program has commands" test "$(echo "$commands" | wc -l)" -ge 10
# options COMMAND: those of the program's help, sorted, without --help.
options() { "$shuzhi" help "$1" | sed -n 's/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*\) .*/\2/p' | grep -vx -e --help | sort; }
same() { diff <(echo "$1") <(echo "$2"); }

# ── manual pages ──
plain() { sed 's/.\x08//g'; } # bold is a letter over itself
for page in docs/man/shuzhi.1 docs/man/zh_CN/shuzhi.1; do
    check "$page: mandoc has no warning" test -z "$(mandoc -T lint -W warning "$page" 2>/dev/null)"
    # A line each: the usage of a command, the head of an option.
    mandoc -T utf8 -O width=999 "$page" | plain >"$tmp/page"
    for command in $commands; do
        usage=$(sed -n "s/^ \{5,8\}$command\( .*\|$\)/\1/p" "$tmp/page" | grep -oE -e '--[a-z-]+' | sort)
        check "$page: $command has the program's options" same "$(options "$command")" "$usage"
    done
    heads=$(sed -n 's/^ \{5,8\}\(-., \)\{0,1\}\(--[a-z-]*\)\( .*\|$\)/\2/p' "$tmp/page" | sort)
    check "$page: each option is explained once" same "$( (for command in $commands; do options "$command"; done; echo --help) | sort -u)" "$heads"
done
check "both pages explain the same" same "$(grep -c '^\.It' docs/man/shuzhi.1)" "$(grep -c '^\.TP' docs/man/zh_CN/shuzhi.1)"
sed 's/^\.Op Fl -force$//' docs/man/shuzhi.1 | mandoc -T utf8 -O width=999 | plain >"$tmp/page"
check "a page that lacks one would be noticed" test -z "$(sed -n 's/^ *run //p' "$tmp/page" | grep -e --force)"

# ── bash ──
. docs/completion/shuzhi.bash
# completed WORD... : what bash offers for the last word
completed() {
    COMP_WORDS=("$shuzhi" "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _shuzhi
    printf '%s\n' "${COMPREPLY[@]}"
}
check "bash: the commands" same "$( (echo "$commands"; echo help) | sort)" "$(completed '' | grep -v '^-' | sort)"
for command in $commands; do
    check "bash: the options of $command" same "$( (options "$command"; echo --help) | sort)" "$(completed "$command" -- | sort)"
done
check "bash: a command for help" test "$(completed help expl)" = explain
check "bash: values" same "always auto never" "$(completed run --progress '' | sort | xargs)"
check "bash: values behind =" test "$(completed preview --stop-after = bo)" = boxes
check "bash: files" same "tests/run.sh" "$(completed run --db tests/run)"
check "bash: directories alone" same "src" "$(completed run --out sr)"
check "bash: the help in Chinese is as good" same "$(completed run -- | sort)" "$(LC_ALL=zh_CN.UTF-8 completed run -- | sort)"

# ── zsh ──
# offered WORD...: what is handed to zsh's own completion, a line each.
offered() {
    zsh -f -c '
        _arguments() { print -l -- "$@"; }
        _describe() { print -l -- ${(P)2}; }
        words=("$@") CURRENT=$#
        source docs/completion/_shuzhi' zsh "$shuzhi" "$@"
}
check "zsh: the commands" same "$( (echo "$commands"; echo help) | sort)" "$(offered '' | sed 's/:.*//' | sort)"
for command in $commands; do
    check "zsh: the options of $command" same "$( (options "$command"; echo --help) | sort)" \
        "$(offered "$command" '' | sed -n 's/^\**\(--[a-z-]*\).*/\1/p' | sort)"
done
check "zsh: values" test "$(offered run '' | grep -c 'progress=.*(auto always never)')" -eq 1
done_testing
