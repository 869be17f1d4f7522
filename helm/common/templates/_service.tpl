{{/*
A gRPC service is headless: a client keeps one HTTP/2 connection to each address that DNS names and takes turns,
where a virtual address would pin it to a single pod for as long as the connection lives.
*/}}
{{- define "common.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  {{- if .Values.ports.grpc }}
  clusterIP: None
  {{- end }}
  selector: {{- include "common.roleSelector" (dict "root" . "role" "serve") | nindent 4 }}
  ports:
    {{- with .Values.ports.grpc }}
    - {name: grpc, port: {{ . }}, targetPort: grpc, appProtocol: grpc}
    {{- end }}
    - {name: http, port: {{ .Values.ports.http }}, targetPort: http, appProtocol: http}
{{- end }}
