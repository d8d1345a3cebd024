package dev.gyre.system;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The directions of dependency that the design fixes.
class ArchitectureTest {
    private static final String[] LIBRARIES = {
        "dev.gyre.tokenizer..",
        "dev.gyre.model..",
        "dev.gyre.training..",
        "dev.gyre.artifacts..",
        "dev.gyre.events..",
        "dev.gyre.access..",
        "dev.gyre.embedded.."
    };
    private static final List<String> SERVICES =
            List.of("tokenization", "trainer", "inference", "feedback");

    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.gyre");

    @Test
    void librariesHaveNoFramework() {
        noClasses()
                .that(resideInAnyPackage(LIBRARIES))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.quarkus..", "io.smallrye..", "jakarta.enterprise..", "jakarta.inject..")
                .check(PRODUCT);
    }

    @Test
    void librariesDoNotKnowServicesOrTheCommand() {
        noClasses()
                .that(resideInAnyPackage(LIBRARIES))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.gyre.tokenization..",
                        "dev.gyre.trainer..",
                        "dev.gyre.inference..",
                        "dev.gyre.feedback..",
                        "dev.gyre.cli..")
                .check(PRODUCT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenization", "trainer", "inference", "feedback"})
    void aServiceKnowsNoOtherService(String service) {
        String[] others =
                SERVICES.stream()
                        .filter(other -> !other.equals(service))
                        .map(other -> "dev.gyre." + other + "..")
                        .toArray(String[]::new);

        noClasses()
                .that(resideInAPackage("dev.gyre." + service + ".."))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.gyre.cli..", "dev.gyre.embedded..", "dev.gyre.training..")
                .check(PRODUCT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"trainer", "inference", "feedback"})
    void theFeaturesOfAServiceHaveNoCycles(String service) {
        slices().matching("dev.gyre." + service + ".(*)..")
                .should()
                .beFreeOfCycles()
                .check(PRODUCT);
    }

    @Test
    void librariesHaveNoCycles() {
        slices().matching("dev.gyre.(tokenizer|model|training|artifacts|events|access|embedded)..")
                .should()
                .beFreeOfCycles()
                .check(PRODUCT);
    }

    @Test
    void nothingIsInjectedIntoFields() {
        noFields()
                .should()
                .beAnnotatedWith("jakarta.inject.Inject")
                .orShould()
                .beAnnotatedWith("org.eclipse.microprofile.config.inject.ConfigProperty")
                .check(PRODUCT);
    }

    @Test
    void everyPackageSaysThatItIsNullMarked() {
        classes()
                .that(resideInAPackage("dev.gyre.."))
                .and(not(resideInAnyPackage("dev.gyre.proto..", "dev.gyre.onnx..")))
                .and(simpleNameEndingWith("package-info"))
                .should()
                .beAnnotatedWith("org.jspecify.annotations.NullMarked")
                .check(PRODUCT);
    }
}
