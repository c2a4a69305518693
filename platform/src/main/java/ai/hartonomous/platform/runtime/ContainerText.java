package ai.hartonomous.platform.runtime;

/// The texts of a container of the thin runtime. It runs as nobody in particular on a file system
/// that it cannot write to, but for `/tmp`.
final class ContainerText {

  /// User and group: a number, so that Kubernetes sees that it is not root.
  private static final int USER = 10001;

  private static final long MIB = 1 << 20;

  /// For what the agent has read.
  private static final long CACHE_MIB = 512;

  /// For everything else that Java keeps on its heap.
  private static final long REST_MIB = 256;

  /// Of a container's memory, what is Java's heap.
  private static final int HEAP_PERCENT = 75;

  private ContainerText() {}

  /// {@return a Dockerfile}
  ///
  /// @param name what requests call the agent
  /// @param manifest SHA-256 of its manifest
  static String dockerfile(String name, String manifest) {
    return """
        # Serves the agent $NAME behind OpenAI's interface on port 5000. The key is the first line of a file:
        #   docker build -t $NAME . && docker run --read-only --tmpfs /tmp:exec -p 5000:5000 \\
        #     -v "$PWD/key:/run/secrets/hartonomous/key:ro" $NAME
        FROM eclipse-temurin:25-jre
        LABEL org.opencontainers.image.title="$NAME" ai.hartonomous.manifest="$MANIFEST"
        COPY hartonomous-runtime.jar /opt/hartonomous/runtime.jar
        COPY agent /opt/hartonomous/agent
        ENV DJL_CACHE_DIR=/tmp
        USER $UID:$UID
        EXPOSE 5000
        ENTRYPOINT ["java", "--add-modules", "jdk.incubator.vector", \\
          "--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders", \\
          "-XX:MaxRAMPercentage=$HEAP", "-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true", \\
          "-jar", "/opt/hartonomous/runtime.jar", "/opt/hartonomous/agent", \\
          "--name", "$NAME", "--host", "0.0.0.0", "--port", "5000"]
        CMD ["--api-key-file", "/run/secrets/hartonomous/key"]
        """
        .replace("$NAME", name)
        .replace("$MANIFEST", manifest)
        .replace("$UID", Integer.toString(USER))
        .replace("$HEAP", Integer.toString(HEAP_PERCENT));
  }

  /// {@return a Deployment and a Service}
  ///
  /// @param name of both: a DNS label
  /// @param image of the container
  /// @param manifest SHA-256 of the agent's manifest
  /// @param weights bytes of its weights in memory
  static String kubernetes(String name, String image, String manifest, long weights) {
    long served = Math.ceilDiv(weights, MIB) + CACHE_MIB;
    long memory = Math.ceilDiv((served + REST_MIB) * 100, HEAP_PERCENT);
    return TEMPLATE
        .replace("$NAME", name)
        .replace("$IMAGE", image)
        .replace("$MANIFEST", manifest)
        .replace("$UID", Integer.toString(USER))
        .replace("$SERVED", Long.toString(served))
        .replace("$MEMORY", Long.toString(memory));
  }

  private static final String TEMPLATE =
      """
      # kubectl create secret generic $NAME-key --from-file=key=FILE && kubectl apply -f THIS
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: $NAME
        labels:
          app.kubernetes.io/name: $NAME
          app.kubernetes.io/part-of: hartonomous
        annotations:
          hartonomous.ai/manifest: "$MANIFEST"
      spec:
        replicas: 1
        selector:
          matchLabels:
            app.kubernetes.io/name: $NAME
        strategy:
          type: RollingUpdate
          rollingUpdate:
            maxUnavailable: 0
            maxSurge: 1
        template:
          metadata:
            labels:
              app.kubernetes.io/name: $NAME
              app.kubernetes.io/part-of: hartonomous
            annotations:
              hartonomous.ai/manifest: "$MANIFEST"
          spec:
            automountServiceAccountToken: false
            enableServiceLinks: false
            terminationGracePeriodSeconds: 30
            securityContext:
              runAsNonRoot: true
              runAsUser: $UID
              runAsGroup: $UID
              fsGroup: $UID
              seccompProfile:
                type: RuntimeDefault
            containers:
              - name: agent
                image: "$IMAGE"
                args: ["--api-key-file", "/run/secrets/hartonomous/key", "--memory", "$SERVEDMB"]
                ports:
                  - name: http
                    containerPort: 5000
                startupProbe:
                  httpGet:
                    path: /health/ready
                    port: http
                  periodSeconds: 2
                  failureThreshold: 150
                readinessProbe:
                  httpGet:
                    path: /health/ready
                    port: http
                  periodSeconds: 5
                livenessProbe:
                  httpGet:
                    path: /health/live
                    port: http
                  periodSeconds: 10
                  timeoutSeconds: 5
                lifecycle:
                  preStop: # while the Service learns that this pod is to go
                    exec:
                      command: ["sleep", "5"]
                resources:
                  requests:
                    cpu: "1"
                    memory: $MEMORYMi
                  limits:
                    memory: $MEMORYMi
                securityContext:
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities:
                    drop: ["ALL"]
                volumeMounts:
                  - name: tmp
                    mountPath: /tmp
                  - name: key
                    mountPath: /run/secrets/hartonomous
                    readOnly: true
            volumes:
              - name: tmp
                emptyDir:
                  sizeLimit: 256Mi
              - name: key
                secret:
                  secretName: $NAME-key
                  defaultMode: 0440
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: $NAME
        labels:
          app.kubernetes.io/name: $NAME
          app.kubernetes.io/part-of: hartonomous
      spec:
        selector:
          app.kubernetes.io/name: $NAME
        ports:
          - name: http
            port: 80
            targetPort: http
      """;
}
