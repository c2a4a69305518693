package ai.hartonomous.platform.store;

import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.ServletWebRequest;

/// Answers requests for kept files: whole or in ranges (RFC 9110), streamed, with the hash of the
/// content as strong `ETag` and as `Repr-Digest` (RFC 9530). `If-None-Match`, `If-Match` and
/// `If-Range` count.
@Component
public class FileAnswers {

  private final Folders folders;
  private final StoreLayout layout;

  FileAnswers(Folders folders, StoreLayout layout) {
    this.folders = folders;
    this.layout = layout;
  }

  /// {@return the answer, or null if the conditions of the request made one already}
  ///
  /// @param folder id of the kept folder, one of the user's
  /// @param path place of the file in the folder, exactly as it is listed
  /// @param request what was asked
  /// @throws ProblemException if the folder has no such file (404), the ranges are outside the file
  ///   (416), the file is not the one that the request is about (412), or the content is known to
  ///   be damaged (500)
  /// @throws IOException if the disk refuses
  public @Nullable ResponseEntity<Resource> answer(
      UUID folder, String path, ServletWebRequest request) throws IOException {
    // Only what is listed is served, so no path leads outside the folder.
    Binary binary = folders.file(folder, path).orElseThrow(() -> Problem.notFound("file", path));
    Path file = folders.of(folder).resolve(binary.path());
    if (damaged(file, binary.sha256())) {
      throw new ProblemException(
          Problem.of(500, "damaged-file", "The stored content of this file is damaged."));
    }
    String etag = "\"" + binary.sha256() + "\"";
    if (!matches(request, etag)) {
      throw new ProblemException(
          Problem.of(412, "precondition-failed", "The file has another content."));
    }
    if (request.checkNotModified(etag)) {
      return null;
    }
    HttpHeaders headers = headers(binary, etag);
    List<HttpRange> wanted = ranges(request, etag);
    if (!wanted.isEmpty()) {
      return part(file, binary, wanted, headers);
    }
    headers.setContentLength(binary.sizeBytes());
    return HttpMethod.HEAD.equals(request.getHttpMethod())
        ? ResponseEntity.ok().headers(headers).build()
        : ResponseEntity.ok()
            .headers(headers)
            .body(new InputStreamResource(Files.newInputStream(file)));
  }

  private boolean damaged(Path file, String sha256) throws IOException {
    Path blob = layout.blob(sha256);
    return Files.exists(layout.damaged().resolve(sha256))
        && !(Files.exists(blob) && Files.isSameFile(file, blob));
  }

  /// Spring looks at `If-Match` only where a request changes something; RFC 9110, section 13.1.1,
  /// knows no such difference, and who reads a file in parts relies on it.
  private static boolean matches(ServletWebRequest request, String etag) {
    String[] headers = request.getHeaderValues(HttpHeaders.IF_MATCH);
    if (headers == null) {
      return true;
    }
    return ETag.parse(String.join(",", headers)).stream()
        .anyMatch(tag -> tag.isWildcard() || (!tag.weak() && tag.formattedTag().equals(etag)));
  }

  private static HttpHeaders headers(Binary binary, String etag) {
    var headers = new HttpHeaders();
    headers.setETag(etag);
    headers.setContentType(MediaType.APPLICATION_OCTET_STREAM);
    headers.setCacheControl(CacheControl.noCache().cachePrivate());
    headers.set(HttpHeaders.ACCEPT_RANGES, "bytes");
    byte[] hash = HexFormat.of().parseHex(binary.sha256());
    headers.set("Repr-Digest", "sha-256=:%s:".formatted(Base64.getEncoder().encodeToString(hash)));
    String name = binary.path().substring(binary.path().lastIndexOf('/') + 1);
    headers.setContentDisposition(ContentDisposition.attachment().filename(name).build());
    return headers;
  }

  /// {@return the ranges that were asked for; none where the header is not understood, or is about
  /// another content, and so does not count}
  private static List<HttpRange> ranges(ServletWebRequest request, String etag) {
    String header = request.getHeader(HttpHeaders.RANGE);
    String condition = request.getHeader(HttpHeaders.IF_RANGE);
    if (header == null
        || !HttpMethod.GET.equals(request.getHttpMethod())
        || !(condition == null || condition.equals(etag))) {
      return List.of();
    }
    try {
      return HttpRange.parseRanges(header);
    } catch (IllegalArgumentException _) {
      return List.of();
    }
  }

  /// Spring cuts the ranges out of a body that is a file.
  private static ResponseEntity<Resource> part(
      Path file, Binary binary, List<HttpRange> wanted, HttpHeaders headers) {
    Resource whole = new FileSystemResource(file);
    try {
      Object _ = HttpRange.toResourceRegions(wanted, whole);
    } catch (IllegalArgumentException _) {
      return ResponseEntity.status(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
          .header(HttpHeaders.CONTENT_RANGE, "bytes */" + binary.sizeBytes())
          .build();
    }
    return ResponseEntity.ok().headers(headers).body(whole);
  }
}
