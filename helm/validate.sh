#!/usr/bin/env bash
# Lints the chart and validates what it renders, strictly and offline, against the schemas of Kubernetes 1.37.
# Needs Go (for helm and kubeconform) and Python 3 with pip (for the schemas); both tools are built once into
# $GYRE_HOME/tools.
set -euo pipefail
cd "$(dirname "$0")/.."
tools="${GYRE_HOME:-$PWD/.gyre}/tools"
helm_version=v3.22.0
kubeconform_version=v0.7.0
schemas_version=1.37.0
kubernetes_version=1.37.0

for command in go python3; do
  command -v "$command" > /dev/null || { echo "$command is not installed: it is needed to validate the chart" >&2; exit 1; }
done
mkdir -p "$tools/bin"
rm -rf "$tools"/kubernetes-schemas-*.wheel
[ -x "$tools/bin/helm" ] || GOBIN="$tools/bin" go install "helm.sh/helm/v3/cmd/helm@$helm_version"
[ -x "$tools/bin/kubeconform" ] || GOBIN="$tools/bin" go install "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform_version"

schemas="$tools/kubernetes-schemas-$schemas_version"
if [ ! -d "$schemas" ]; then
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install -q --no-deps --target "$schemas.wheel" "kubernetes-validate==$schemas_version"
  # the package keeps its schemas for its own loader: kubeconform wants plain files and relative references
  python3 - "$schemas.wheel" "$schemas.new" "$kubernetes_version" << 'PYTHON'
import json, pathlib, sys
source, target, version = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
folder = next(path for path in source.rglob(f"v{version}-local-strict") if path.is_dir())
target.mkdir(parents=True, exist_ok=True)

def relative(node):
    if isinstance(node, dict):
        node.pop("$schema", None)
        return {key: value.replace("/api/_definitions.json", "_definitions.json")
                if key == "$ref" and isinstance(value, str) else relative(value) for key, value in node.items()}
    return [relative(item) for item in node] if isinstance(node, list) else node

for file in folder.glob("*.json"):
    (target / file.name).write_text(json.dumps(relative(json.loads(file.read_text()))))
PYTHON
  rm -rf "$schemas.wheel"
  mv "$schemas.new" "$schemas"
fi

validate() { # extra helm arguments
  "$tools/bin/helm" template gyre helm/gyre --kube-version "$kubernetes_version" --values helm/ci/values.yaml "$@" |
    "$tools/bin/kubeconform" -strict -summary -kubernetes-version "$kubernetes_version" \
      -schema-location "$schemas/{{ .ResourceKind }}{{ .KindSuffix }}.json"
}

"$tools/bin/helm" lint --strict helm/gyre --values helm/ci/values.yaml
validate
validate --set artifacts.existingClaim=shared --set networkPolicy.enabled=false --set kafka.existingSecret= \
  --set "services.inference.digest=sha256:$(printf '0%.0s' {1..64})"

# what must be refused, is
refused() { # expected words, helm arguments
  local expected=$1
  shift
  if output=$("$tools/bin/helm" template gyre helm/gyre --kube-version "$kubernetes_version" --values helm/ci/values.yaml "$@" 2>&1); then
    echo "accepted, but should be refused: $*" >&2
    exit 1
  fi
  grep -q "$expected" <<< "$output" || { echo "refused without naming '$expected': $output" >&2; exit 1; }
}
refused bootstrapServers --set kafka.bootstrapServers=kafka
refused address --set postgres.address=
refused tag --set image.tag=latest
refused replica --set services.feedback.replica=2
echo "chart: linted, valid, and refuses what it should"
