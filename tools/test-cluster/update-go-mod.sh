#!/usr/bin/env bash
# update-go-mod.sh 1.37.2: writes go.mod and go.sum for another version of Kubernetes, here and in ../test-node. All are committed.
# k8s.io/kubernetes requires its sister modules at v0.0.0 and replaces them by paths of its own tree, which nobody who
# requires it inherits: this module repeats the replaces with what is published (v1.X.Y is v0.X.Y there).
set -euo pipefail
cd "$(dirname "$0")"
version=$1
kubernetes=$(GOFLAGS=-mod=mod go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
for module in test-cluster test-node; do
  cd "../$module"
  {
    echo "module fapi.dev/$module"
    echo
    grep -m1 '^go ' "$kubernetes"
    grep -m1 '^godebug ' "$kubernetes" || true
    echo
    echo "require k8s.io/kubernetes v$version"
    echo
    echo 'replace ('
    sed -n 's#^[[:space:]]*\(k8s.io/[a-z-]*\) => ./staging/.*#\t\1 => \1 v0.'"${version#1.}"'#p' "$kubernetes"
    echo ')'
  } > go.mod
  rm -f go.sum
  GOFLAGS=-mod=mod go list -deps ./... > /dev/null
done
