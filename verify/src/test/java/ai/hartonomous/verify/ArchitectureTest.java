package ai.hartonomous.verify;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/// The module table of the design as rules: who may use whom, no cycles between packages, and the
/// technical packages in their own rooms only.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("ai.hartonomous");

  @Test
  void modulesUseOnlyThoseAboveThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("tensor")
        .definedBy("ai.hartonomous.tensor..")
        .layer("model")
        .definedBy("ai.hartonomous.model..")
        .layer("interpret")
        .definedBy("ai.hartonomous.interpret..")
        .layer("distill")
        .definedBy("ai.hartonomous.distill..")
        .layer("samples")
        .definedBy("ai.hartonomous.samples..")
        .layer("platform")
        .definedBy("ai.hartonomous.platform..")
        .whereLayer("platform")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("samples")
        .mayOnlyBeAccessedByLayers("platform")
        .whereLayer("distill")
        .mayOnlyBeAccessedByLayers("samples", "platform")
        .whereLayer("interpret")
        .mayOnlyBeAccessedByLayers("distill", "samples", "platform")
        .whereLayer("model")
        .mayOnlyBeAccessedByLayers("interpret", "distill", "samples", "platform")
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching("ai.hartonomous.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheTensorModuleUsesTheVectorApi() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackage("ai.hartonomous.tensor..")
        .should()
        .dependOnClassesThat(resideInAPackage("jdk.incubator.vector.."))
        .check(CLASSES);
  }

  @Test
  void onlyThePlatformKnowsFrameworks() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackage("ai.hartonomous.platform..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "org.springframework..", "jakarta..", "org.hibernate..", "picocli.."))
        .check(CLASSES);
  }

  @Test
  void nobodyReadsJavaObjectsFromFiles() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(java.io.ObjectInputStream.class)
        .check(CLASSES);
  }
}
