package dev.gyre.training.engine;

import static org.bytedeco.pytorch.global.torch.stack;
import static org.bytedeco.pytorch.global.torch.zeros;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Type;

/// AdamW (Loshchilov & Hutter 2019) over a named map of parameters, with clipping of the gradient's
/// norm. Weight decay is on matrices only, not on norms.
///
/// The update is libtorch's fused kernel, one pass over memory per parameter. The C++ interface
/// does not offer it, so it is called by its schema, `aten::_fused_adamw_`.
public final class AdamW implements AutoCloseable {
    private final Map<String, Tensor> parameters;
    private final OptimizerSettings settings;
    private final Map<String, Tensor> firstMoments = new LinkedHashMap<>();
    private final Map<String, Tensor> secondMoments = new LinkedHashMap<>();
    private final Tensor steps; // [], float32: what the kernel takes its bias correction from
    private final OperatorHandle fused;
    private final Type.TypePtr tensorType;

    /// @param parameters trained in place; they must require gradients
    public AdamW(Map<String, Tensor> parameters, OptimizerSettings settings) {
        this.parameters = parameters;
        this.settings = settings;
        this.fused = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
        fused.retainReference();
        this.tensorType = fused.schema().arguments().type().get().containedType(0);
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            parameters.forEach(
                    (name, parameter) -> {
                        firstMoments.put(name, zeros_like(parameter).detach().retainReference());
                        secondMoments.put(name, zeros_like(parameter).detach().retainReference());
                    });
            this.steps = zeros(new long[] {}).retainReference();
        }
    }

    /// Clips the accumulated gradients, updates the parameters and clears the gradients.
    ///
    /// @param step from 0
    /// @param totalSteps all steps of the job, for the schedule
    /// @return norm of the gradient over all parameters before clipping
    public double step(long step, long totalSteps) {
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            double norm = gradientNorm();
            if (norm > settings.maxGradientNorm()) {
                Scalar factor = new Scalar(settings.maxGradientNorm() / (norm + 1e-6));
                parameters.values().forEach(parameter -> parameter.grad().mul_(factor));
            }
            steps.fill_(new Scalar((double) (step + 1)));
            double learningRate = settings.learningRate(step, totalSteps);
            update(true, learningRate, settings.weightDecay());
            update(false, learningRate, 0);
            parameters.values().forEach(parameter -> parameter.mutable_grad().reset());
            return norm;
        }
    }

    private double gradientNorm() {
        Tensor[] norms = new Tensor[parameters.size()];
        int index = 0;
        for (Map.Entry<String, Tensor> parameter : parameters.entrySet()) {
            Tensor gradient = parameter.getValue().grad();
            if (!gradient.defined()) {
                throw new IllegalStateException("no gradient for " + parameter.getKey());
            }
            norms[index++] = gradient.norm();
        }
        return stack(new TensorVector(norms)).norm().item_double();
    }

    private void update(boolean matrices, double learningRate, double weightDecay) {
        GenericList weights = new GenericList(tensorType);
        GenericList gradients = new GenericList(tensorType);
        GenericList first = new GenericList(tensorType);
        GenericList second = new GenericList(tensorType);
        GenericList none = new GenericList(tensorType);
        GenericList stepCounts = new GenericList(tensorType);
        for (Map.Entry<String, Tensor> parameter : parameters.entrySet()) {
            Tensor weight = parameter.getValue();
            if (weight.dim() > 1 != matrices) {
                continue;
            }
            weights.push_back(new IValue(weight));
            gradients.push_back(new IValue(weight.grad()));
            first.push_back(new IValue(Torch.named(firstMoments, parameter.getKey())));
            second.push_back(new IValue(Torch.named(secondMoments, parameter.getKey())));
            stepCounts.push_back(new IValue(steps));
        }
        IValueVector stack = new IValueVector();
        for (GenericList list :
                new GenericList[] {weights, gradients, first, second, none, stepCounts}) {
            stack.push_back(new IValue(list));
        }
        double[] numbers = {
            learningRate,
            OptimizerSettings.BETA1,
            settings.beta2(),
            weightDecay,
            OptimizerSettings.EPSILON
        };
        for (double number : numbers) {
            stack.push_back(new IValue(number));
        }
        stack.push_back(new IValue(false)); // amsgrad
        stack.push_back(new IValue(false)); // maximize
        stack.push_back(new IValue()); // grad_scale
        stack.push_back(new IValue()); // found_inf
        fused.callBoxed(stack);
    }

    /// The moments by name, `first.<parameter>` and `second.<parameter>`, for a checkpoint. The
    /// tensors are the optimiser's own: copying into them restores it.
    public Map<String, Tensor> moments() {
        Map<String, Tensor> moments = new LinkedHashMap<>();
        firstMoments.forEach((name, moment) -> moments.put("first." + name, moment));
        secondMoments.forEach((name, moment) -> moments.put("second." + name, moment));
        return moments;
    }

    /// Gives the moments' memory back.
    @Override
    public void close() {
        firstMoments.values().forEach(Tensor::releaseReference);
        secondMoments.values().forEach(Tensor::releaseReference);
        steps.releaseReference();
        fused.releaseReference();
    }
}
