package dev.gyre.trainer.jobs;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.proto.training.v1.JobSpec;

/// Job specifications on the wire ↔ [JobSpecification].
final class SpecificationMessages {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().omittingInsignificantWhitespace();

    private SpecificationMessages() {}

    /// The kind of a specification.
    ///
    /// @throws IllegalArgumentException when none is set: the sender speaks a newer contract, or
    ///   forgot it
    static JobKind kind(JobSpec spec) {
        return switch (spec.getKindCase()) {
            case IMPORT_MODEL -> JobKind.IMPORT;
            case PRETRAIN -> JobKind.PRETRAIN;
            case REWARD -> JobKind.REWARD;
            case DPO -> JobKind.DPO;
            case EVALUATE -> JobKind.EVALUATE;
            case KIND_NOT_SET ->
                    throw new IllegalArgumentException(
                            "the specification has no kind that this service knows; set one of"
                                    + " import_model, pretrain, reward, dpo, evaluate");
        };
    }

    /// The specification as it is kept and given to the worker. Defaults stay unset: the worker
    /// knows them.
    static JobSpecification fromMessage(JobSpec spec) {
        try {
            return new JobSpecification(kind(spec), PRINTER.print(spec));
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("a specification cannot be printed", impossible);
        }
    }

    /// Reads what [#fromMessage] made.
    static JobSpec toMessage(JobSpecification specification) {
        var spec = JobSpec.newBuilder();
        try {
            JsonFormat.parser().ignoringUnknownFields().merge(specification.json(), spec);
        } catch (InvalidProtocolBufferException unreadable) {
            throw new IllegalStateException(
                    "a stored specification cannot be read: " + specification.json(), unreadable);
        }
        return spec.build();
    }
}
