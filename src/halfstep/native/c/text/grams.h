/* Margins of linear heads over hashed n-grams, one pass off the bytes; halfstep/native/grams.py says what is computed.

   Included once by every level, which first says LANES and V(name), and FAST where it has AVX2's shuffles. */

typedef uint32_t V(u32) __attribute__((vector_size(4 * LANES), may_alias));
typedef uint32_t V(loose) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
INLINE V(u32) V(load)(const uint32_t *p) { return (V(u32)) * (const V(loose) *)p; }
INLINE void V(store)(uint32_t *p, V(u32) x) { *(V(loose) *)p = (V(loose))x; }

INLINE int V(any)(V(u32) x)
{
    uint32_t all = 0;
    for (int i = 0; i < LANES; i++) all |= x[i];
    return all != 0;
}

#ifdef FAST
/* Characters of three bytes at p, eight at most; 28 bytes are read. Returns how many stand there, one after the other. */
INLINE int V(of_three)(const uint8_t *p, uint32_t *out)
{
    const __m256i which = _mm256_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1, /* twice */
                                           2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1);
    __m256i v = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)p)),
                                        _mm_loadu_si128((const __m128i *)(p + 12)), 1);
    v = _mm256_shuffle_epi8(v, which);
    __m256i formed = _mm256_and_si256(v, _mm256_set1_epi32(0x00F0C0C0));
    formed = _mm256_cmpeq_epi32(formed, _mm256_set1_epi32(0x00E08080));
    v = _mm256_and_si256(v, _mm256_set1_epi32(0x000F3F3F));
    v = _mm256_maddubs_epi16(v, _mm256_set1_epi32(0x00014001)); /* last + 64 middle, first */
    v = _mm256_madd_epi16(v, _mm256_set1_epi32(0x10000001));    /* + 4096 first */
    __m256i page = _mm256_and_si256(v, _mm256_set1_epi32(0xF800));
    __m256i wrong = _mm256_or_si256(_mm256_cmpeq_epi32(page, _mm256_setzero_si256()), /* overlong, or a surrogate */
                                    _mm256_cmpeq_epi32(page, _mm256_set1_epi32(0xD800)));
    _mm256_storeu_si256((__m256i *)out, v);
    return __builtin_ctz(~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_andnot_si256(wrong, formed))));
}

/* ASCII at p, sixteen at most, which are read. */
INLINE int V(of_one)(const uint8_t *p, uint32_t *out)
{
    __m128i v = _mm_loadu_si128((const __m128i *)p);
    _mm256_storeu_si256((__m256i *)out, _mm256_cvtepu8_epi32(v));
    _mm256_storeu_si256((__m256i *)(out + 8), _mm256_cvtepu8_epi32(_mm_srli_si128(v, 8)));
    return __builtin_ctz((unsigned)_mm_movemask_epi8(v) | 0x10000u);
}
#endif

/* Characters from *from on, until CHUNK or a few more are there, the text ends or a byte belongs to none. */
INLINE int V(decode)(const uint8_t **from, const uint8_t *end, const uint8_t *whole, uint32_t *out)
{
    const uint8_t *p = *from;
    (void)whole;
    int n = 0;
    while (n < CHUNK && p < end) {
#ifdef FAST
        if (whole - p >= 28) {
            const int64_t left = end - p;
            if (*p < 0x80) {
                int there = V(of_one)(p, out + n);
                if (there > left) there = (int)left;
                n += there, p += there;
                continue;
            }
            if (*p >> 4 == 0xE) {
                int there = V(of_three)(p, out + n);
                if (3 * there > left) there = (int)left / 3;
                if (!there) break;
                n += there, p += 3 * there;
                continue;
            }
        }
#endif
        const int length = one_character(p, end, out + n);
        if (!length) break;
        n++, p += length;
    }
    *from = p;
    return n;
}

/* The vectors before and at k moved on by some places: what stands so many before each. */
#if LANES == 4
#define EARLIER(before, at, by) SHUFFLE(before, at, V(u32), 4 - by, 5 - by, 6 - by, 7 - by)
#elif LANES == 8
#define EARLIER(before, at, by) \
    SHUFFLE(before, at, V(u32), 8 - by, 9 - by, 10 - by, 11 - by, 12 - by, 13 - by, 14 - by, 15 - by)
#else
#define EARLIER(before, at, by)                                                                                         \
    SHUFFLE(before, at, V(u32), 16 - by, 17 - by, 18 - by, 19 - by, 20 - by, 21 - by, 22 - by, 23 - by, 24 - by, 25 - by, \
            26 - by, 27 - by, 28 - by, 29 - by, 30 - by, 31 - by)
#endif

INLINE V(u32) V(folded)(V(u32) c)
{
    c -= (V(u32))(c - 0xFF01u <= 0x5Du) & 0xFEE0u;
    c += (V(u32))(c - 65u <= 25u) & 32u;
    V(u32) blank = (V(u32))(c - 9u <= 4u) | (V(u32))(c == 0x3000u);
    return (c & ~blank) | (blank & 32u);
}

INLINE V(u32) V(row_of)(V(u32) h, int shift)
{
    h = (h ^ h >> 15) * LAST;
    return (h >> shift) * BLOCK;
}

/* Rows of all n-grams of one to three characters of a run of LANES or more that is whole; zero, with nothing done, where it
   holds white space that needs a second look. */
INLINE int V(one_to_three)(const Scoring *in, const uint32_t *code, int len, uint32_t *row)
{
    const uint32_t one = in->characters[1], two = in->characters[2], three = in->characters[3], blank = mixed(32);
    const int shift = in->shift;
    V(u32) far = {0}, twice = {0}, last = {0};
    int n = 0;
    for (int k = 0; k < len; k += LANES) {
        const V(u32) c = V(folded)(V(load)(code + k));
        V(u32) x = c * MIX;
        x ^= x >> 15;
        const V(u32) x1 = EARLIER(last, x, 1), x2 = EARLIER(last, x, 2);
        far |= (V(u32))(c - 0x80u <= 0x205Fu - 0x80u);
        twice |= (V(u32))(x == blank) & (V(u32))(x1 == blank);
        const V(u32) r3 = V(row_of)((x2 * STEP + x1) * STEP + x + three, shift);
        const V(u32) r2 = V(row_of)(x1 * STEP + x + two, shift), r1 = V(row_of)(x + one, shift);
        if (k == 0) { /* what reaches before the run is overwritten */
            V(store)(row + 2 * LANES - 3, r3);
            V(store)(row + LANES - 1, r2);
            V(store)(row, r1);
            n = 3 * LANES - 3;
        } else { /* so is what reaches beyond */
            const int some = len - k < LANES ? len - k : LANES;
            V(store)(row + n, r1);
            V(store)(row + n + some, r2);
            V(store)(row + n + 2 * some, r3);
            n += 3 * some;
        }
        last = x;
    }
    return V(any)(far | twice) ? 0 : n;
}

/* Fold len characters at code, where code[-1] is the one before. Returns how many are left. */
INLINE int V(fold)(uint32_t *code, int len)
{
    V(u32) far = {0};
    for (int k = 0; k < len; k += LANES) {
        const V(u32) c = V(folded)(V(load)(code + k));
        far |= (V(u32))(c - 0x80u <= 0x205Fu - 0x80u);
        V(store)(code + k, c);
    }
    if (V(any)(far)) fold_rarely(code, len);
    V(u32) twice = {0};
    for (int k = 0; k < len; k += LANES)
        twice |= (V(u32))(V(load)(code + k) == 32u) & (V(u32))(V(load)(code + k - 1) == 32u);
    return V(any)(twice) ? without_double_blanks(code, len) : len;
}

/* Rows of the n-grams that end at the characters first to len. */
INLINE void V(hash)(const uint32_t *m, int first, int len, int n, uint32_t seeded, int shift, uint32_t *row)
{
    for (int k = first; k < len; k += LANES, row += LANES) {
        V(u32) h = V(load)(m + k - n + 1);
        for (int j = n - 2; j >= 0; j--) h = h * STEP + V(load)(m + k - j);
        V(store)(row, V(row_of)(h + seeded, shift));
    }
}

#ifdef FAST
typedef __m256i V(sums);

INLINE V(sums) V(more)(V(sums) a, const int8_t *weight)
{
    return _mm256_add_epi16(a, _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)weight)));
}

INLINE void V(keep)(int16_t *sum, V(sums) a, V(sums) b)
{
    const __m256i all = _mm256_add_epi16(_mm256_loadu_si256((const __m256i *)sum), _mm256_add_epi16(a, b));
    _mm256_storeu_si256((__m256i *)sum, all);
}
#else
typedef int8_t V(weights) __attribute__((vector_size(16), aligned(1), may_alias));
typedef int16_t V(half) __attribute__((vector_size(16), aligned(2), may_alias));
typedef struct {
    V(half) low, high;
} V(sums);

INLINE V(sums) V(more)(V(sums) a, const int8_t *weight)
{
    const V(weights) w = *(const V(weights) *)weight;
    a.low += (V(half))SHUFFLE(w, w, V(weights), 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7) >> 8;
    a.high += (V(half))SHUFFLE(w, w, V(weights), 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15) >> 8;
    return a;
}

INLINE void V(keep)(int16_t *sum, V(sums) a, V(sums) b)
{
    V(half) *to = (V(half) *)sum;
    to[0] += a.low + b.low;
    to[1] += a.high + b.high;
}
#endif

INLINE void V(add_block)(const int8_t *weight, size_t blocks, const uint32_t *row, int n, int16_t *sum)
{
    V(sums) a = {0}, b = {0};
    int i = 0;
    for (; i + 4 <= n; i += 4) {
        a = V(more)(a, weight + row[i] * blocks);
        b = V(more)(b, weight + row[i + 1] * blocks);
        a = V(more)(a, weight + row[i + 2] * blocks);
        b = V(more)(b, weight + row[i + 3] * blocks);
    }
    for (; i < n; i++) a = V(more)(a, weight + row[i] * blocks);
    V(keep)(sum, a, b);
}

/* Add the rows that wait. */
INLINE void V(add)(State *s)
{
    const Scoring *in = s->in;
    const uint32_t *row = s->waiting;
    int n = s->wait;
    s->grams += n;
    while (n) {
        const int some = n < FULL - s->used ? n : FULL - s->used;
        if (in->wide == BLOCK)
            V(add_block)(in->weight, 1, row, some, s->sum);
        else
            for (int64_t b = 0; b < in->wide; b += BLOCK)
                V(add_block)(in->weight + b, (size_t)in->wide / BLOCK, row, some, s->sum + b);
        row += some, n -= some;
        if ((s->used += some) == FULL) flush(s);
    }
    s->wait = 0;
}

/* Ask for the memory of n rows at s->row and let them wait, so that it arrives while the next ones are found; add those that
   waited before. */
INLINE void V(submit)(State *s, int n)
{
    const int8_t *weight = s->in->weight;
    const uint32_t *row = s->row;
    const size_t blocks = (size_t)s->in->wide / BLOCK;
    if (blocks == 1)
        for (int i = 0; i < n; i += 4) { /* the last few may be old ones: rows all the same */
            __builtin_prefetch(weight + row[i]);
            __builtin_prefetch(weight + row[i + 1]);
            __builtin_prefetch(weight + row[i + 2]);
            __builtin_prefetch(weight + row[i + 3]);
        }
    else
        for (int i = 0; i < n; i++) __builtin_prefetch(weight + row[i] * blocks);
    V(add)(s);
    if (s->ended) margins(s);
    uint32_t *free = s->waiting;
    s->waiting = s->row, s->wait = n, s->row = free;
}

/* Append the rows of len more characters of a run, at s->code; `whole` where they are all of it. */
INLINE int V(run)(State *s, int len, int n, int whole)
{
    const Scoring *in = s->in;
    uint32_t *code = s->code + BEFORE, *m = s->m + BEFORE;
    V(store)(code + len, (V(u32)){0});
    if (in->plain && whole && len >= LANES) {
        const int found = V(one_to_three)(in, code, len, s->row + n);
        if (found) return n + found;
    }
    len = V(fold)(code, len);
    if (!len) return n;
    for (int k = 0; k < len; k += LANES) {
        V(u32) x = V(load)(code + k) * MIX;
        V(store)(m + k, x ^ x >> 15);
    }
    for (int length = in->low ? in->low : 1; length <= in->high; length++) {
        const int first = length - 1 > s->before ? length - 1 - s->before : 0;
        if (first >= len) break;
        const uint32_t seeded = in->characters[length];
        switch (length) {
        case 1: V(hash)(m, first, len, 1, seeded, in->shift, s->row + n); break;
        case 2: V(hash)(m, first, len, 2, seeded, in->shift, s->row + n); break;
        case 3: V(hash)(m, first, len, 3, seeded, in->shift, s->row + n); break;
        default: V(hash)(m, first, len, length, seeded, in->shift, s->row + n);
        }
        n += len - first;
    }
    if (in->words || in->inside_high) {
        for (int k = 0; k < len; k++) {
            n = word_character(s, code[k], m[k], n);
            if (n > ROWS - SLACK) V(submit)(s, n), n = 0;
        }
    }
    code[-1] = code[len - 1];
    s->before = s->before + len < BEFORE ? s->before + len : BEFORE;
    memmove(m - BEFORE, m + len - BEFORE, BEFORE * sizeof *m);
    return n;
}

LOCAL void V(score)(const Scoring *in, State *s)
{
    const uint8_t *whole = in->data + in->size;
    for (int64_t i = in->first; i < in->last; i++) {
        const uint8_t *p = in->data + in->begin[i], *end = in->data + in->end[i];
        int n = 0;
        begin_run(s);
        while (p < end) {
            const int len = V(decode)(&p, end, whole, s->code + BEFORE);
            if (len) n = V(run)(s, len, n, !s->before && (p == end || len < CHUNK));
            if (p < end && len < CHUNK) {
                n = end_run(s, n);
                p++;
            }
            if (n > ROWS - ROOM) V(submit)(s, n), n = 0;
        }
        n = end_run(s, n);
        V(submit)(s, n);
        s->ended = in->out + (size_t)i * in->heads;
    }
    V(submit)(s, 0);
}

#undef V
#undef LANES
#undef EARLIER
#undef FAST
