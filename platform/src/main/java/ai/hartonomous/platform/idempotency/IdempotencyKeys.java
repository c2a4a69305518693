package ai.hartonomous.platform.idempotency;

import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.idempotency.StoredAnswers.Answer;
import ai.hartonomous.platform.idempotency.StoredAnswers.Claim;
import ai.hartonomous.platform.web.BodyLimit;
import ai.hartonomous.platform.web.IdempotencyKey;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import ai.hartonomous.platform.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/// `Idempotency-Key` on POST below `/v1`, as draft-ietf-httpapi-idempotency-key-header has it: the
/// same request with the same key has its effect once, and gets the first answer again for 24
/// hours. Runs after security, on behalf of the user of the request.
///
/// Answers below 500 are kept, but 429. A request whose node died counts as lost after 10 minutes
/// and is then done again.
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class IdempotencyKeys extends OncePerRequestFilter {

  static final String REPLAYED = "Idempotency-Replayed";

  /// Their answers hold secrets that are stored nowhere.
  private static final List<String> SECRET = List.of("/v1/auth", "/v1/api-keys", "/v1/admin/users");

  private final StoredAnswers answers;
  private final ProblemWriter problems;
  private final long mostBytes;

  IdempotencyKeys(StoredAnswers answers, ProblemWriter problems, Settings settings) {
    this.answers = answers;
    this.problems = problems;
    this.mostBytes = settings.uploads().maxBody().toBytes();
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getHeader(IdempotencyKey.HEADER) == null
        || !HttpMethod.POST.matches(request.getMethod())
        || !request.getServletPath().startsWith("/v1/")
        || SecurityContextHolder.getContext().getAuthentication() == null;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      String key = key(request);
      byte[] body = new BodyLimit(request.getInputStream(), mostBytes).readAllBytes();
      switch (answers.claim(sha256(key, new byte[0]), sha256(target(request), body))) {
        case Claim.Mine(UUID id) -> perform(id, new KeptBody(request, body), response, chain);
        case Claim.Done(Answer answer) -> replay(answer, response);
        case Claim.Busy() ->
            throw new ProblemException(
                Problem.of(409, "request-in-progress", "A request with this key is being done."));
        case Claim.Other() ->
            throw Problem.unprocessable(
                "idempotency-key-reused", "The key was used for another request.");
      }
    } catch (ProblemException e) {
      problems.write(request, response, e.problem());
    }
  }

  private static String key(HttpServletRequest request) {
    String key = Objects.requireNonNull(IdempotencyKey.of(request));
    // Decoded: no spelling of these paths has its answer stored.
    if (SECRET.stream().anyMatch(request.getServletPath()::startsWith)) {
      throw Problem.invalid(
          IdempotencyKey.HEADER, "is not taken here: the answer holds what is never stored");
    }
    if (!isJson(request)) {
      throw Problem.invalid(
          IdempotencyKey.HEADER, "is taken with JSON only; an upload is not kept to compare");
    }
    return key;
  }

  private static boolean isJson(HttpServletRequest request) {
    @Nullable String type = request.getContentType();
    if (type == null) {
      return request.getContentLengthLong() <= 0;
    }
    try {
      return MediaType.parseMediaType(type).isCompatibleWith(MediaType.APPLICATION_JSON);
    } catch (InvalidMediaTypeException _) {
      return false;
    }
  }

  private static String target(HttpServletRequest request) {
    return request.getRequestURI() + "?" + request.getQueryString() + "\n";
  }

  private static String sha256(String head, byte[] body) {
    MessageDigest digest = ContentHash.sha256();
    digest.update(head.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest(body));
  }

  private void perform(
      UUID id, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var kept = new ContentCachingResponseWrapper(response);
    boolean done = false;
    try {
      chain.doFilter(request, kept);
      byte[] body = kept.getContentAsByteArray();
      int status = kept.getStatus();
      if (status < 500 && status != 429 && body.length <= StoredAnswers.MOST_BYTES) {
        String location = kept.getHeader("Location");
        answers.keep(id, new Answer(status, kept.getContentType(), location, body));
        done = true;
      }
    } finally {
      if (!done) {
        answers.release(id);
      }
    }
    kept.copyBodyToResponse();
  }

  private static void replay(Answer answer, HttpServletResponse response) throws IOException {
    response.setStatus(answer.status());
    response.setHeader(REPLAYED, "true");
    if (answer.contentType() != null) {
      response.setContentType(answer.contentType());
    }
    if (answer.location() != null) {
      response.setHeader("Location", answer.location());
    }
    response.setContentLength(answer.body().length);
    response.getOutputStream().write(answer.body());
  }
}
