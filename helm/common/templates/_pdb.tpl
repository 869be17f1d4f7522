{{/* Takes (dict "root" $ "role" name "values" role). A pod that is broken anyway doesn't hold up the draining of its node. */}}
{{- define "common.pdb" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "common.roleName" . }}
  labels: {{- include "common.labels" .root | nindent 4 }}
spec:
  minAvailable: {{ .values.minAvailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "common.roleSelector" . | nindent 6 }}
{{- end }}
