{{- define "gyre.fullname" -}}
{{- if contains "gyre" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-gyre" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* Labels that never change; a dict with `root` and `service`. */}}
{{- define "gyre.selector" -}}
app.kubernetes.io/name: gyre
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{- define "gyre.labels" -}}
{{ include "gyre.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "gyre.image" -}}
{{- $values := index .root.Values.services .service -}}
{{- if $values.digest -}}
{{ .root.Values.image.registry }}/{{ .service }}-service@{{ $values.digest }}
{{- else -}}
{{ .root.Values.image.registry }}/{{ .service }}-service:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "gyre.claim" -}}
{{ .Values.artifacts.existingClaim | default (printf "%s-artifacts" (include "gyre.fullname" .)) }}
{{- end }}

{{/* Ports of each service: HTTP, gRPC = HTTP + 1000, management = HTTP + 2000. */}}
{{- define "gyre.http" -}}
{{ index (dict "feedback" 8080 "inference" 8081 "trainer" 8082 "tokenizer" 8083) . }}
{{- end }}

{{/* Environment that all services share. */}}
{{- define "gyre.environment" -}}
- {name: QUARKUS_HTTP_HOST, value: "0.0.0.0"}
- {name: QUARKUS_GRPC_SERVER_HOST, value: "0.0.0.0"}
- {name: QUARKUS_MANAGEMENT_HOST, value: "0.0.0.0"}
- {name: GYRE_KAFKA_BOOTSTRAP_SERVERS, value: {{ required "kafka.bootstrapServers is required" .root.Values.kafka.bootstrapServers | quote }}}
{{- with .root.Values.kafka.existingSecret }}
- name: GYRE_KAFKA_USERNAME
  valueFrom: {secretKeyRef: {name: {{ . }}, key: username}}
- name: GYRE_KAFKA_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ . }}, key: password}}
{{- end }}
- {name: GYRE_ARTIFACTS_LOCATION, value: /artifacts}
- {name: GYRE_ARTIFACTS_CACHE, value: /cache/packages}
- {name: GYRE_ACCESS_ISSUER, value: {{ .root.Values.access.issuer | quote }}}
- {name: GYRE_ACCESS_PUBLIC_KEYS, value: /keys/public-keys.json}
{{- end }}

{{/* Environment of a service with a database; a dict with `root` and `database`. */}}
{{- define "gyre.database" -}}
- {name: QUARKUS_DATASOURCE_JDBC_URL, value: {{ printf "jdbc:postgresql://%s/%s" (required "postgres.address is required" .root.Values.postgres.address) .database | quote }}}
- name: QUARKUS_DATASOURCE_USERNAME
  valueFrom: {secretKeyRef: {name: {{ required "postgres.existingSecret is required" .root.Values.postgres.existingSecret }}, key: username}}
- name: QUARKUS_DATASOURCE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ .root.Values.postgres.existingSecret }}, key: password}}
{{- end }}
