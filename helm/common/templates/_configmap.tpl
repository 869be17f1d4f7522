{{/* What every service is told (global.config), then what only this one is; an empty value is the same as none. */}}
{{- define "common.config" -}}
{{- $config := dict -}}
{{- if .Values.sharedConfig -}}
{{- $config = deepCopy ((.Values.global).config | default dict) -}}
{{- end -}}
{{- $config = mergeOverwrite $config (.Values.config | default dict) -}}
{{- $set := dict -}}
{{- range $name, $value := $config -}}
{{- if ne $value "" -}}
{{- $_ := set $set $name (tpl $value $) -}}
{{- end -}}
{{- end -}}
{{- toYaml $set }}
{{- end }}

{{- define "common.configmap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
data: {{- include "common.config" . | nindent 2 }}
{{- end }}
