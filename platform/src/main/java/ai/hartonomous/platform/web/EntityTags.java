package ai.hartonomous.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/// Gives lists and single things under `/v1` an `ETag`, a hash of the answer, and answers 304
/// without a body where the client has that answer already (`If-None-Match`). Only answers that are
/// small enough to be held in memory stand in the pattern: files and streams go through as they
/// are.
@Component
class EntityTags extends ShallowEtagHeaderFilter {

  private static final String ID = "/[0-9a-fA-F-]{36}";
  private static final Pattern READS =
      Pattern.compile(
          ("/v1/(?:models|agents|capabilities|corpora|jobs|deployments|circuits)"
                  + "(?:%1$s(?:/(?:layers|components|metadata|transcoders|features|circuits|graphs"
                  + "|capabilities|embeddings)(?:%1$s)?)?)?")
              .formatted(ID));

  EntityTags() {
    setWriteWeakETag(true);
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getMethod().equals("GET") || !READS.matcher(request.getRequestURI()).matches();
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    // Kept by the client alone, for this user, and asked for again each time.
    response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    response.addHeader(HttpHeaders.VARY, HttpHeaders.AUTHORIZATION);
    super.doFilterInternal(request, response, chain);
  }
}
