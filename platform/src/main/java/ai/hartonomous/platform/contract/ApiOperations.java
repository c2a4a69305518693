package ai.hartonomous.platform.contract;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.BinarySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.parameters.RequestBody;
import java.util.List;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;

/// Names operations by convention: method `create` of `AgentResource` is `createAgent` and stands
/// under `Agents`, unless an annotation names it otherwise. Bodies that a resource reads as a
/// stream are described by the media types it takes.
@Component
class ApiOperations implements GlobalOperationCustomizer {

  ApiOperations() {}

  @Override
  public Operation customize(Operation operation, HandlerMethod method) {
    String noun = method.getBeanType().getSimpleName().replaceFirst("Resource$", "");
    var said = method.getMethodAnnotation(io.swagger.v3.oas.annotations.Operation.class);
    if (said == null || said.operationId().isEmpty()) {
      String name = method.getMethod().getName();
      operation.setOperationId(name + noun + (name.equals("list") ? "s" : ""));
    }
    if (operation.getTags() == null
        || operation.getTags().stream().allMatch(it -> it.endsWith("-resource"))) {
      operation.setTags(List.of(noun + "s"));
    }
    RequestMapping mapping =
        AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequestMapping.class);
    if (mapping != null && mapping.consumes().length > 0) {
      describeStream(operation, mapping.consumes());
    }
    return operation;
  }

  private static void describeStream(Operation operation, String[] types) {
    RequestBody body = operation.getRequestBody();
    if (body == null) {
      body = new RequestBody().required(true).content(new Content());
      operation.setRequestBody(body);
    }
    for (String type : types) {
      body.getContent().putIfAbsent(type, new MediaType().schema(new BinarySchema()));
    }
  }
}
