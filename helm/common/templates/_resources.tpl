{{/* Everything that a service is made of. A chart's templates/resources.yaml is this one call. */}}
{{- define "common.resources" -}}
{{ include "common.serviceaccount" . }}
---
{{ include "common.configmap" . }}
---
{{ include "common.service" . }}
---
{{ include "common.networkpolicy" . }}
{{- range $role, $values := .Values.roles }}
{{- if $values }}
{{- $part := dict "root" $ "role" $role "values" $values }}
---
{{ include "common.deployment" $part }}
---
{{ include "common.pdb" $part }}
{{- if $values.autoscaling }}
---
{{ include "common.hpa" $part }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
