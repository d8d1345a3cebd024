package dev.gyre.tokenizer.text;

import java.util.Arrays;

/// A trie over bytes in a flat array: a node's children stand at its base plus their byte (a double
/// array, Aoe 1989). What a step asks of a node is one number, for memory is what a search waits
/// for.
public final class ByteTrie {
    /// The node of the empty string.
    public static final int ROOT = 0;

    /// The sign: whether a key ends at a node. Then the place of its children, less their byte. The
    /// low half: the node whose child it is, plus one; zero where the place is free.
    private final long[] nodes;

    private final int[] values;

    private ByteTrie(long[] nodes, int[] values) {
        this.nodes = nodes;
        this.values = values;
    }

    /// The child of a node by a byte; -1 if there is none.
    public int child(int node, byte label) {
        int place = ((int) (nodes[node] >>> 32) & Integer.MAX_VALUE) + (label & 0xFF);
        return place < nodes.length && (int) nodes[place] == node + 1 ? place : -1;
    }

    /// The value of a node; -1 if no key ends there.
    public int value(int node) {
        return nodes[node] < 0 ? values[node] : -1;
    }

    /// Collects keys, then lays them out.
    public static final class Builder {
        private static final int MOST_TRIES = 512;

        // the trie as first child and next sibling
        private int[] firstChild = new int[1 << 10];
        private int[] nextSibling = new int[1 << 10];
        private byte[] labels = new byte[1 << 10];
        private int[] values = new int[1 << 10];
        private int size = 1;

        private int[] base = new int[1 << 12];
        private int[] parent = new int[1 << 12];
        private int[] laidValues = new int[1 << 12];
        private int firstFree = 1;

        public Builder() {
            Arrays.fill(values, -1);
        }

        /// Adds a key that is not there yet and not empty.
        public void put(byte[] key, int value) {
            int node = 0;
            for (byte label : key) {
                int child = firstChild[node];
                while (child != 0 && labels[child] != label) {
                    child = nextSibling[child];
                }
                node = child != 0 ? child : append(node, label);
            }
            values[node] = value;
        }

        private int append(int node, byte label) {
            if (size == labels.length) {
                firstChild = Arrays.copyOf(firstChild, size * 2);
                nextSibling = Arrays.copyOf(nextSibling, size * 2);
                labels = Arrays.copyOf(labels, size * 2);
                values = Arrays.copyOf(values, size * 2);
                Arrays.fill(values, size, size * 2, -1);
            }
            labels[size] = label;
            nextSibling[size] = firstChild[node];
            firstChild[node] = size;
            return size++;
        }

        /// The trie of all keys so far.
        public ByteTrie build() {
            Arrays.fill(laidValues, -1);
            int[] places = new int[size];
            int[] queue = new int[size];
            int read = 0;
            int write = 1;
            while (read < write) {
                int node = queue[read++];
                if (firstChild[node] == 0) {
                    continue;
                }
                int at = free(node);
                base[places[node]] = at;
                for (int child = firstChild[node]; child != 0; child = nextSibling[child]) {
                    int place = at + (labels[child] & 0xFF);
                    parent[place] = places[node] + 1;
                    laidValues[place] = values[child];
                    places[child] = place;
                    queue[write++] = child;
                }
            }
            return new ByteTrie(packed(), laidValues);
        }

        private long[] packed() {
            long[] nodes = new long[parent.length];
            for (int place = 0; place < nodes.length; place++) {
                long ends = laidValues[place] >= 0 ? Long.MIN_VALUE : 0;
                nodes[place] = ends | (long) base[place] << 32 | parent[place];
            }
            return nodes;
        }

        /// A base at which all children of a node find free places; never one of the root's own.
        private int free(int node) {
            while (firstFree < parent.length && parent[firstFree] != 0) {
                firstFree++;
            }
            int least = 256;
            for (int child = firstChild[node]; child != 0; child = nextSibling[child]) {
                least = Math.min(least, labels[child] & 0xFF);
            }
            int begin = Math.max(1, firstFree - least);
            for (int at = begin; ; at++) {
                grow(at + 256);
                boolean fits = true;
                for (int child = firstChild[node]; child != 0 && fits; child = nextSibling[child]) {
                    fits = parent[at + (labels[child] & 0xFF)] == 0;
                }
                if (fits) {
                    if (at - begin > MOST_TRIES) {
                        // what lies before is nearly full: a few places are wasted, much time is
                        // not
                        firstFree = at;
                    }
                    return at;
                }
            }
        }

        private void grow(int needed) {
            if (needed > parent.length) {
                int old = parent.length;
                base = Arrays.copyOf(base, Math.max(needed, old * 2));
                parent = Arrays.copyOf(parent, base.length);
                laidValues = Arrays.copyOf(laidValues, base.length);
                Arrays.fill(laidValues, old, base.length, -1);
            }
        }
    }
}
