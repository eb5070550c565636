#!/bin/sh
# Make what deploy/compose.yaml keeps secret, in deploy/secrets or the folder named: a CA of the database's own, a
# certificate for each who speaks to it, and the key that wraps the keys of the data. What is there stays as it is.
set -eu
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"  # the one thing that protects them here: containers of different users read the files
cd "$folder"

if [ ! -e ca.pem ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj "/O=SmartBank/OU=authority/CN=SmartBank database" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout ca.key -out ca.pem 2>/dev/null
fi

# certificate NAME UNIT USES NAMES: members of the set have a unit of their own, by which they know each other.
certificate() {
    if [ -e "$1.pem" ]; then return; fi
    openssl req -new -newkey rsa:3072 -nodes -sha256 -subj "/O=SmartBank/OU=$2/CN=$1" \
        -keyout "$1.key" -out "$1.csr" 2>/dev/null
    printf 'basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=%s\nsubjectAltName=%s\n' \
        "$3" "$4" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 1095 \
        -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    cat "$1.key" "$1.crt" > "$1.pem"
    rm "$1.key" "$1.csr" "$1.ext" "$1.crt"
}

for number in 1 2 3; do
    certificate "mongo-$number" members serverAuth,clientAuth "DNS:mongo-$number,DNS:localhost,IP:127.0.0.1"
done
certificate administrator clients clientAuth DNS:administrator
certificate smartbank clients clientAuth DNS:smartbank

if [ ! -e wrapping-key ]; then
    openssl rand -base64 96 | tr -d '\n' > wrapping-key
fi
chmod 444 ./*.pem wrapping-key

echo "They are in $PWD."
echo "Copy wrapping-key to a safe place: without it everything sealed is lost. Take ca.key away from this computer."
for file in smartbank.crt smartbank.key; do
    if [ -e "$file" ]; then chmod 444 "$file"; else echo "Still missing: $file, the bank's certificate for nginx and its key."; fi
done
