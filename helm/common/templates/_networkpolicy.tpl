{{/* Where the stores are reached, unless global.network.stores says otherwise. */}}
{{- define "common.stores" -}}
mongodb: {port: 27017, peers: []}
redis: {port: 6379, peers: []}
kafka: {port: 9092, peers: []}
s3: {port: 443, peers: []}
gemini: {port: 443, peers: []}
otlp: {port: 4318, peers: []}
{{- end }}

{{/*
Only the arrows of the architecture's diagram: who calls this service, whom it calls, and the stores that it keeps.
`peers` empty means any address on that port, for stores that live outside the cluster.
*/}}
{{- define "common.networkpolicy" -}}
{{- $network := .Values.network -}}
{{- $shared := (.Values.global).network | default dict -}}
{{- $stores := mergeOverwrite (include "common.stores" . | fromYaml) (deepCopy ($shared.stores | default dict)) -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "common.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if $network.callers }}
    - from:
        {{- range $network.callers }}
        - {{- include "common.peer" (dict "root" $ "name" .) | indent 10 | trim | printf " %s" }}
        {{- end }}
      ports:
        - {protocol: TCP, port: {{ ternary "grpc" "http" (hasKey .Values.ports "grpc") }}}
    {{- end }}
    {{- if $network.public }}
    - ports:
        - {protocol: TCP, port: http}
      {{- with $shared.ingressController }}
      from: {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- with $shared.scrapers }}
    - from: {{- toYaml . | nindent 8 }}
      ports:
        - {protocol: TCP, port: http}
    {{- end }}
  egress:
    - to: {{- $shared.dns | default (list (dict "namespaceSelector" (dict "matchLabels" (dict "kubernetes.io/metadata.name" "kube-system")) "podSelector" (dict "matchLabels" (dict "k8s-app" "kube-dns")))) | toYaml | nindent 8 }}
      ports:
        - {protocol: UDP, port: 53}
        - {protocol: TCP, port: 53}
    {{- range $name, $port := $network.calls }}
    - to:
        - {{- include "common.peer" (dict "root" $ "name" $name) | indent 10 | trim | printf " %s" }}
      ports:
        - {protocol: TCP, port: {{ $port }}}
    {{- end }}
    {{- range $name := $network.stores }}
    {{- $store := index $stores $name | required (printf "global.network.stores.%s says on which port %s is reached" $name $name) }}
    - ports:
        - {protocol: TCP, port: {{ $store.port }}}
      {{- with $store.peers }}
      to: {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
{{- end }}
