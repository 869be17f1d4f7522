{{/* One role of a service. Takes (dict "root" $ "role" name "values" role). */}}
{{- define "common.deployment" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "common.roleName" . }}
  labels:
    {{- include "common.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  {{- if not .values.autoscaling }}
  replicas: {{ .values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  selector:
    matchLabels: {{- include "common.roleSelector" . | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata:
      labels:
        {{- include "common.labels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ .role }}
      annotations:
        checksum/config: {{ include "common.config" $root | sha256sum }}
        prometheus.io/scrape: {{ $values.metrics | quote }}
        prometheus.io/port: {{ $values.ports.http | quote }}
        prometheus.io/path: /metrics
    spec:
      serviceAccountName: {{ include "common.name" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .values.gracePeriodSeconds }}
      {{- with $values.imagePullSecrets | default ($values.global).imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: {{ $values.user }}
        runAsGroup: {{ $values.user }}
        fsGroup: {{ $values.user }}
        seccompProfile: {type: RuntimeDefault}
      topologySpreadConstraints:
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - topologyKey: {{ . }}
          maxSkew: 1
          whenUnsatisfiable: ScheduleAnyway
          matchLabelKeys: [pod-template-hash]
          labelSelector:
            matchLabels: {{- include "common.roleSelector" $ | nindent 14 }}
        {{- end }}
      {{- if $values.migrate }}
      # Every role waits for a database of its own version; the migrations hold a lock and do nothing the second time.
      initContainers:
        - name: migrate
          args: [migrate]
          {{- include "common.container" . | nindent 10 }}
      {{- end }}
      containers:
        - name: {{ include "common.name" $root }}
          {{- with .values.args }}
          args: {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- include "common.container" . | nindent 10 }}
          ports:
            {{- if and $values.ports.grpc (eq .role "serve") }}
            - {name: grpc, containerPort: {{ $values.ports.grpc }}, protocol: TCP}
            {{- end }}
            - {name: http, containerPort: {{ $values.ports.http }}, protocol: TCP}
          startupProbe:
            httpGet: {path: {{ $values.probes.startup }}, port: http}
            periodSeconds: 2
            timeoutSeconds: 3
            failureThreshold: 45
          readinessProbe:
            httpGet: {path: {{ $values.probes.readiness }}, port: http}
            periodSeconds: 5
            timeoutSeconds: 3
            failureThreshold: 2
          livenessProbe:
            httpGet: {path: {{ $values.probes.liveness }}, port: http}
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 6
          {{- if eq .role "serve" }}
          # Until every client has heard that this pod is leaving, it still serves.
          lifecycle:
            preStop:
              sleep: {seconds: 5}
          {{- end }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: {{ $values.tmpSize }}}
{{- end }}

{{/* What the container of a role and the migration before it have in common. */}}
{{- define "common.container" -}}
{{- $root := .root -}}
image: {{ include "common.image" $root }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
resources: {{- toYaml .values.resources | nindent 2 }}
envFrom:
  - configMapRef: {name: {{ include "common.name" $root }}}
env:
  - name: POD_NAME
    valueFrom: {fieldRef: {fieldPath: metadata.name}}
  {{- if $root.Values.sharedConfig }}
  - name: OTEL_SERVICE_NAME
    value: {{ include "common.name" $root }}
  - name: OTEL_RESOURCE_ATTRIBUTES
    value: service.namespace=pfa,service.instance.id=$(POD_NAME),k8s.pod.name=$(POD_NAME),k8s.namespace.name={{ $root.Release.Namespace }}
  # What is in hand may take this long to finish; the rest of the pod's grace is for preStop and the last telemetry.
  - name: SHUTDOWN_GRACE_SECONDS
    value: {{ sub .values.gracePeriodSeconds 20 | quote }}
  {{- end }}
  {{- range $name, $secret := $root.Values.secrets }}
  - name: {{ $name }}
    valueFrom:
      secretKeyRef:
        name: {{ ($root.Values.global).secretName | default $root.Values.secretName | required "secretName names the Secret that holds MONGODB_URI and the others" }}
        key: {{ $secret.key }}
        optional: {{ $secret.optional | default false }}
  {{- end }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- end }}
