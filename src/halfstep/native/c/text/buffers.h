/* Arrays that loops over texts are given, checked. */

#ifndef HALFSTEP_BUFFERS_H
#define HALFSTEP_BUFFERS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define HELD_UNUSED __attribute__((unused))
#else
#define HELD_UNUSED
#endif

/* Texts in one buffer of M bytes. */
typedef struct {
    const uint8_t *data;
    const int64_t *begin, *end;
    int64_t M, n;
} Texts;

/* Buffers taken during one call. */
typedef struct {
    Py_buffer view[16];
    int count;
} Held;

static void release(Held *held)
{
    while (held->count) PyBuffer_Release(&held->view[--held->count]);
}

/* Data of a C-contiguous array of elements of `size` bytes, `n` of them (-1: any); NULL with ValueError. */
static void *take(Held *held, PyObject *from, const char *name, Py_ssize_t size, Py_ssize_t n, int writable)
{
    static char nothing[8];
    if (PyErr_Occurred()) return NULL;
    Py_buffer *view = &held->view[held->count];
    if (PyObject_GetBuffer(from, view, PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0))) {
        PyErr_Format(PyExc_ValueError, "%s: expected a C-contiguous%s array", name, writable ? ", writable" : "");
        return NULL;
    }
    held->count++;
    if (view->itemsize != size || (n >= 0 && view->len != n * size)) {
        PyErr_Format(PyExc_ValueError, "%s: expected %zd elements (-1: any) of %zd bytes, not %zd of %zd", name, n, size,
                     view->itemsize ? view->len / view->itemsize : 0, view->itemsize);
        return NULL;
    }
    return view->len ? view->buf : nothing;
}

static Py_ssize_t length(const Held *held)
{
    const Py_buffer *view = &held->view[held->count - 1];
    return view->itemsize ? view->len / view->itemsize : 0;
}

HELD_UNUSED static int take_texts(Held *held, PyObject *const from[3], Texts *x)
{
    if (!(x->data = take(held, from[0], "data", 1, -1, 0))) return 0;
    x->M = length(held);
    if (!(x->begin = take(held, from[1], "begin", 8, -1, 0))) return 0;
    x->n = length(held);
    if (!(x->end = take(held, from[2], "end", 8, x->n, 0))) return 0;
    for (int64_t i = 0; i < x->n; i++)
        if (x->begin[i] < 0 || x->begin[i] > x->end[i] || x->end[i] > x->M) {
            PyErr_Format(PyExc_ValueError, "begin, end: expected places in %lld bytes, not %lld, %lld of text %lld",
                         (long long)x->M, (long long)x->begin[i], (long long)x->end[i], (long long)i);
            return 0;
        }
    return 1;
}

#endif
