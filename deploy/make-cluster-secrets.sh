#!/bin/sh
# Make what scheduler, workers and whoever scores show each other, in deploy/secrets/cluster or the folder named: a CA of
# the cluster's own, and one certificate with its key. Whoever has it can run code on the workers. What is there stays.
set -eu
folder=${1:-$(dirname "$0")/secrets/cluster}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

if [ ! -e ca.pem ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 3650 -subj "/O=SmartBank/OU=authority/CN=SmartBank cluster" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout ca.key -out ca.pem 2>/dev/null
fi
if [ ! -e cluster.pem ]; then
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -subj "/O=SmartBank/OU=cluster/CN=cluster" \
        -keyout cluster.key -out cluster.csr 2>/dev/null
    printf 'basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=DNS:cluster\n' > cluster.ext
    openssl x509 -req -in cluster.csr -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 1095 \
        -extfile cluster.ext -out cluster.crt 2>/dev/null
    cat cluster.key cluster.crt > cluster.pem
    rm cluster.key cluster.csr cluster.ext cluster.crt
fi
chmod 444 ca.pem cluster.pem
echo "They are in $PWD. Take ca.key away from this computer."
