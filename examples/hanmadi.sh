#!/usr/bin/env bash
# Writes, reads and searches with curl and jq. It knows one address, that of /api, and finds everything else by links.
set -euo pipefail

usage() {
    cat <<'END'
hanmadi.sh post TEXT [KEY]           write a post; under the same KEY only once in 24 hours
hanmadi.sh timeline [PER_PAGE]       read all posts, the latest first
hanmadi.sh search WORDS [PER_PAGE]   find posts

HANMADI_SITE      the address of the site's interface (http://localhost:5000/api)
HANMADI_USER      the member to sign in as; nobody has to, to read
HANMADI_PASSWORD  the member's password, which is asked for where it is missing
HANMADI_LANGUAGE  the language of the site's messages: en or ko (en)
END
}

entry=${HANMADI_SITE:-http://localhost:5000/api}
site=$(sed -E 's|^([a-z]+://[^/]+).*|\1|' <<<"$entry")
scratch=$(mktemp -d)
answer=$scratch/answer
secret='' # A line of curl's configuration: what is an argument can be read by everybody on the machine.
token=''  # Where the token is, to end it.

finish() {
    status=$?
    trap - EXIT
    [[ -z $token ]] || (ask DELETE "$token") || true
    rm -rf "$scratch"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

ask() { # METHOD, LINK, curl's options…: leaves what the site says in $answer.
    local method=$1 link=$2 status
    shift 2
    case $link in
    /[!/]*) link=$site$link ;;
    "$site" | "$site"/*) ;;
    *) fail "This leads to another site, which must not get the token: $link" ;;
    esac
    # It waits as Retry-After says. All that is asked here may be repeated: a post has its key, and a token whose answer
    # was lost ends by itself.
    status=$(curl --config <(printf '%s\n' "$secret") --silent --show-error --request "$method" "$link" "$@" \
        --header 'Accept: application/json' --header "Accept-Language: ${HANMADI_LANGUAGE:-en}" \
        --connect-timeout 5 --max-time 30 --retry 4 --retry-all-errors --retry-max-time 300 \
        --output "$answer" --write-out '%{http_code}' 2>"$scratch/error") ||
        fail "The site gives no answer that can be used: $(tail -n 1 "$scratch/error")"
    [[ $status == 2* ]] || refuse "$status"
}

refuse() { # STATUS: shows the problem (RFC 9457), or what a proxy before the site says instead.
    jq --raw-output --exit-status 'select(.title) | "\(.status) \(.title)", .detail,
        (.errors[]? | "  \(.pointer // .parameter): \(.detail)"), "(request \(.request_id))"' "$answer" >&2 2>/dev/null ||
        printf '%s\n' "The site answered $1." >&2
    exit 1
}

link() { # NAME: prints where the answer leads; nothing where it leads nowhere.
    jq --raw-output --arg name "$1" '._links[$name] // empty' "$answer" 2>/dev/null ||
        fail "The site gives no answer that can be used: is $entry its interface?"
}

sign_in() {
    if [[ -z ${HANMADI_PASSWORD:-} ]]; then
        read -rsp 'Password: ' HANMADI_PASSWORD
        echo >&2
    fi
    local tokens pair=$HANMADI_USER:$HANMADI_PASSWORD
    pair=${pair//\\/\\\\}
    secret="user = \"${pair//\"/\\\"}\""
    tokens=$(link tokens)
    ask POST "$tokens" --header 'Content-Type: application/json' \
        --data '{"name": "hanmadi.sh", "scopes": ["read", "write"]}'
    secret="header = \"Authorization: Bearer $(jq --raw-output .token "$answer")\""
    token=$(link delete)
    ask GET "$entry" # A member is led further than a stranger.
}

show() { # PATH: prints the posts that stand at a path of the answer.
    jq --raw-output --arg site "$site" "$1"' | "\(.author.username) · \(.created_at[:16]) · \($site)\(._links.html)",
        (.body | split("\n")[] | "    " + .)' "$answer"
}

post() { # LINK, TEXT, KEY
    jq --null-input --arg body "$2" '{body: $body}' >"$scratch/order"
    ask POST "$1" --header 'Content-Type: application/json' --header "Idempotency-Key: $3" \
        --data-binary "@$scratch/order"
    show .
}

items() { # LINK, curl's options…: prints all that is in a list, page by page.
    local next=$1
    shift
    while [[ -n $next ]]; do
        ask GET "$next" "$@"
        show '.items[]'
        next=$(link next)
        set -- # The link has the parameters in it.
    done
}

command=${1:-help}
case $command:$# in
post:[23] | timeline:[12] | search:[23]) ;;
help:* | --help:* | -h:*)
    usage
    exit 0
    ;;
*)
    usage >&2
    exit 2
    ;;
esac
ask GET "$entry"
[[ -z ${HANMADI_USER:-} ]] || sign_in
case $command in
post) name=posts ;;
timeline) name=explore ;;
search) name=search ;;
esac
begin=$(link "$name")
[[ -n $begin ]] || fail "The site offers no link '$name' here."
case $command in
post) post "$begin" "$2" "${3:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')}" ;;
timeline) items "$begin" --get --data-urlencode "per_page=${2:-20}" ;;
search) items "$begin" --get --data-urlencode "q=$2" --data-urlencode "per_page=${3:-20}" ;;
esac
