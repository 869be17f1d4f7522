{{/* Takes (dict "root" $ "role" name "values" role). */}}
{{- define "common.hpa" -}}
{{- $scaling := .values.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "common.roleName" . }}
  labels: {{- include "common.labels" .root | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "common.roleName" . }}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ $scaling.cpu }}}
    - type: Resource
      resource:
        name: memory
        target: {type: Utilization, averageUtilization: {{ $scaling.memory }}}
{{- end }}
