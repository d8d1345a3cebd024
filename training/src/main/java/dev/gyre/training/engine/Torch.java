package dev.gyre.training.engine;

import static org.bytedeco.pytorch.global.torch.from_blob;
import static org.bytedeco.pytorch.global.torch.set_num_threads;

import dev.gyre.model.Environment;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Starts libtorch and moves numbers between Java arrays and tensors.
public final class Torch {
    private Torch() {}

    /// Starts libtorch with a number of threads. Call it before anything else of this package; only
    /// the number of threads can be changed by a second call.
    ///
    /// Matrix products run on MKL: OpenBLAS has a thread pool of its own, whose threads and
    /// libtorch's wait for each other in busy loops. One step of the starter on two cores that
    /// others use too took 2,090 CPU milliseconds with OpenBLAS, 650 with every wait made passive,
    /// and 256 with MKL in libtorch's own pool and passive waits; 335 is one thread alone.
    /// Variables that the user has set are left alone.
    ///
    /// JavaCPP's own limits follow the Java heap's and know nothing of tensors, so they are
    /// switched off; memory is bounded by the trainers.
    ///
    /// @param threads 1 to 256
    public static void start(int threads) {
        if (threads < 1 || threads > 256) {
            throw new IllegalArgumentException(
                    "threads is " + threads + ", it must be 1 to 256; use the number of cores");
        }
        String count = Integer.toString(threads);
        Environment.setIfAbsent("OMP_NUM_THREADS", count);
        Environment.setIfAbsent("MKL_NUM_THREADS", count);
        Environment.setIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
        Environment.setIfAbsent("MKL_THREADING_LAYER", "GNU");
        Environment.setIfAbsent("KMP_BLOCKTIME", "0"); // what passive is to Intel's threads
        // the same number of threads and the same code path in every run: results equal to the bit
        Environment.setIfAbsent("MKL_DYNAMIC", "FALSE");
        Environment.setIfAbsent("MKL_CBWR", "AUTO,STRICT");
        System.setProperty("org.bytedeco.openblas.load", "mkl");
        System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
        System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        set_num_threads(threads);
        openblas_nolapack.blas_set_num_threads(threads);
        shareIntelThreads();
    }

    /// JavaCPP loads MKL's layers for GNU's threads and for Intel's. On Intel processors MKL takes
    /// the latter for products whatever the variable says, and looks for the threads among the
    /// symbols that all libraries share, where JavaCPP does not put them: the process would end
    /// with status 127 (`undefined symbol: __kmpc_global_thread_num`).
    private static void shareIntelThreads() {
        String library = Loader.getLoadedLibraries().get("iomp5");
        if (library != null) {
            Loader.loadGlobal(library);
        }
    }

    /// A tensor of token ids or indices.
    ///
    /// @param values row-major
    /// @param shape its product is the number of values
    public static Tensor longs(long[] values, long... shape) {
        checkSize(values.length, shape);
        return from_blob(new LongPointer(values), shape, new TensorOptions(ScalarType.Long));
    }

    /// A float32 tensor.
    ///
    /// @param values row-major
    /// @param shape its product is the number of values
    public static Tensor floats(float[] values, long... shape) {
        checkSize(values.length, shape);
        return from_blob(new FloatPointer(values), shape, new TensorOptions(ScalarType.Float));
    }

    /// The values of a float32 tensor, row-major.
    public static float[] toFloats(Tensor tensor) {
        Tensor contiguous = tensor.detach().contiguous();
        float[] values = new float[Math.toIntExact(contiguous.numel())];
        new FloatPointer(contiguous.data_ptr()).get(values);
        return values;
    }

    /// A contiguous tensor's own memory. Do not use it after the tensor.
    @SuppressWarnings("restricted") // the address and the size are the tensor's own
    public static MemorySegment memory(Tensor tensor) {
        if (!tensor.is_contiguous()) {
            throw new IllegalArgumentException("the tensor is not contiguous");
        }
        return MemorySegment.ofAddress(tensor.data_ptr().address()).reinterpret(tensor.nbytes());
    }

    static Tensor named(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalStateException("there is no tensor " + name);
        }
        return tensor;
    }

    private static void checkSize(int size, long... shape) {
        long product = 1;
        for (long dimension : shape) {
            product *= dimension;
        }
        if (product != size) {
            throw new IllegalArgumentException(
                    "a tensor of shape "
                            + Arrays.toString(shape)
                            + " has "
                            + product
                            + " values, "
                            + size
                            + " were given");
        }
    }
}
