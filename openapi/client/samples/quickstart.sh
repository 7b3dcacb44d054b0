#!/bin/sh
# Reads conversations and answers one, with nothing but curl and jq.
#
#   PARLOR_URL=https://chat.example PARLOR_TOKEN=parlor_… sh quickstart.sh
set -eu

# Asks, waits as told when there were too many requests, and prints the body. Anything else that fails ends the script.
ask() {
  while :; do
    status=$(curl -sS -o "$body" -D "$head" -w '%{http_code}' -H "Authorization: Bearer $PARLOR_TOKEN" "$@")
    case $status in
      2*) cat "$body"; return ;;
      429) sleep "$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$head")" ;;
      # application/problem+json: `code` is for programs, `detail` for people.
      *) jq -r '"\(.status) \(.code): \(.detail) (request \(.request_id))"' "$body" >&2; exit 1 ;;
    esac
  done
}
body=$(mktemp) head=$(mktemp)
trap 'rm -f "$body" "$head"' EXIT

# Every conversation, a page at a time.
cursor='' conversation=''
while :; do
  page=$(ask --get "$PARLOR_URL/api/v1/conversations" -d limit=20 ${cursor:+--data-urlencode "cursor=$cursor"})
  echo "$page" | jq -r '.items[] | "\(.id) \(.contact.name)"'
  conversation=${conversation:-$(echo "$page" | jq -r '.items[0].id // empty')}
  cursor=$(echo "$page" | jq -r '.next_cursor // empty')
  [ -n "$cursor" ] || break
done
[ -n "$conversation" ] || exit 0

# The nonce makes the message one message, however often it is sent; the key does so for any request that creates.
nonce=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen | tr 'A-Z' 'a-z')
message=$(jq -n --arg nonce "$nonce" '{nonce: $nonce, content: {type: "text", text: "您好，请问有什么可以帮您？"}}')
send() {
  ask -X POST -H 'Content-Type: application/json' -H "Idempotency-Key: greeting-$nonce" -d "$message" \
    "$PARLOR_URL/api/v1/conversations/$conversation/messages"
}
sent=$(send | jq -r .id)
again=$(send | jq -r .id)
[ "$sent" = "$again" ]
echo "sent $sent"
