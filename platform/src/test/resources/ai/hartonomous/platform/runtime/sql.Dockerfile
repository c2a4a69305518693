# Serves the agent sql behind OpenAI's interface on port 5000. The key is the first line of a file:
#   docker build -t sql . && docker run --read-only --tmpfs /tmp:exec -p 5000:5000 \
#     -v "$PWD/key:/run/secrets/hartonomous/key:ro" sql
FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="sql" ai.hartonomous.manifest="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
COPY hartonomous-runtime.jar /opt/hartonomous/runtime.jar
COPY agent /opt/hartonomous/agent
ENV DJL_CACHE_DIR=/tmp
USER 10001:10001
EXPOSE 5000
ENTRYPOINT ["java", "--add-modules", "jdk.incubator.vector", \
  "--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders", \
  "-XX:MaxRAMPercentage=75", "-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true", \
  "-jar", "/opt/hartonomous/runtime.jar", "/opt/hartonomous/agent", \
  "--name", "sql", "--host", "0.0.0.0", "--port", "5000"]
CMD ["--api-key-file", "/run/secrets/hartonomous/key"]
