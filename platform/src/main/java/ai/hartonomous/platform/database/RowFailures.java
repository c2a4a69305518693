package ai.hartonomous.platform.database;

import ai.hartonomous.platform.web.KnownFailures;
import ai.hartonomous.platform.web.Problem;
import java.util.Optional;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;

/// Two requests at once that wanted what there can be one of: who comes second is told.
@Component
class RowFailures implements KnownFailures {

  RowFailures() {}

  @Override
  public Optional<Problem> of(Exception failure) {
    boolean second =
        failure instanceof OptimisticLockingFailureException
            || (failure instanceof DataIntegrityViolationException
                && failure.getCause() instanceof ConstraintViolationException e
                && e.getKind() == ConstraintKind.UNIQUE);
    return second
        ? Optional.of(Problem.conflict("Another request was first; look again.").problem())
        : Optional.empty();
  }
}
