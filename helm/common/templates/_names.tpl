{{/* The name that others call the service by: it is its DNS name, so one release of PFA lives in a namespace. */}}
{{- define "common.name" -}}
{{ .Chart.Name }}
{{- end }}

{{/* The name of one role's objects. `serve` is the service itself; the others stand beside it. Takes (dict "root" $ "role" name). */}}
{{- define "common.roleName" -}}
{{ include "common.name" .root }}{{ if ne .role "serve" }}-{{ .role }}{{ end }}
{{- end }}

{{- define "common.selector" -}}
app.kubernetes.io/name: {{ include "common.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Takes (dict "root" $ "role" name). */}}
{{- define "common.roleSelector" -}}
{{ include "common.selector" .root }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "common.labels" -}}
{{ include "common.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: pfa
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* A digest says exactly which image; a tag is its name; the chart's appVersion is the default. */}}
{{- define "common.image" -}}
{{- $registry := (.Values.global).imageRegistry | default "" -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ .Values.image.repository }}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}
{{- else }}:{{ .Values.image.tag | default (.Values.global).imageTag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* Another service, or a set of peers, as NetworkPolicy knows them. Takes (dict "root" $ "name" name). */}}
{{- define "common.peer" -}}
podSelector:
  matchLabels:
    app.kubernetes.io/name: {{ .name }}
    app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}
