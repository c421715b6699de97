/* Buffers that a module of the texts takes during one call; every one is checked before any loop. */

#ifndef HALFSTEP_TEXT_HELD_H
#define HALFSTEP_TEXT_HELD_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define HELD_LOCAL static __attribute__((unused))
#else
#define HELD_LOCAL static
#endif

typedef struct {
    Py_buffer view[16];
    int count;
} Held;

HELD_LOCAL PyObject *held_end(Held *held, int short_of_memory)
{
    while (held->count) PyBuffer_Release(&held->view[--held->count]);
    if (PyErr_Occurred()) return NULL;
    if (short_of_memory) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

/* The data of a C-contiguous array of 'd' doubles, 'f' floats, 'l' 64-bit integers, 'i' 32-bit ones, 'b' or 'B' bytes; NULL
   with ValueError. `rows` and `columns` are what is expected, -1 for any; columns 0 means one dimension. */
HELD_LOCAL void *held_take(Held *held, PyObject *from, const char *name, char kind, Py_ssize_t rows, Py_ssize_t columns,
                           int writable)
{
    Py_buffer *view = &held->view[held->count];
    if (PyErr_Occurred()) return NULL;
    if (PyObject_GetBuffer(from, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0))) {
        PyErr_Format(PyExc_ValueError, "%s: expected a C-contiguous%s array", name, writable ? ", writable" : "");
        return NULL;
    }
    held->count++;
    const char *format = view->format ? view->format : "B";
    if (*format == '@' || *format == '=') format++;
    const int one = format[0] && !format[1];
    const int fits = !one          ? 0
                     : kind == 'l' ? (*format == 'l' || *format == 'q') && view->itemsize == 8
                     : kind == 'i' ? (*format == 'i' || *format == 'l') && view->itemsize == 4
                                   : *format == kind;
    if (!fits) {
        PyErr_Format(PyExc_ValueError, "%s: expected elements '%c', not '%s'", name, kind, format);
        return NULL;
    }
    if (view->ndim != (columns == 0 ? 1 : 2) || (rows >= 0 && view->shape[0] != rows) ||
        (columns > 0 && view->shape[1] != columns)) {
        PyErr_Format(PyExc_ValueError, "%s: expected %d dimension(s) of %zd x %zd (-1: any), not %d of %zd", name,
                     columns == 0 ? 1 : 2, rows, columns, view->ndim, view->ndim ? view->shape[0] : 0);
        return NULL;
    }
    return view->len || view->buf ? view->buf : (void *)"";
}

HELD_LOCAL Py_ssize_t held_extent(const Held *held, int dimension) { return held->view[held->count - 1].shape[dimension]; }

/* Whether texts lie within the buffer: 0 <= begin <= end <= size. */
HELD_LOCAL int held_within(const int64_t *begin, const int64_t *end, int64_t first, int64_t last, Py_ssize_t size)
{
    for (int64_t i = first; i < last; i++)
        if (begin[i] < 0 || begin[i] > end[i] || end[i] > size) {
            PyErr_Format(PyExc_ValueError, "begin, end: expected 0 <= begin <= end <= %zd, not %lld, %lld at %lld", size,
                         (long long)begin[i], (long long)end[i], (long long)i);
            return 0;
        }
    return 1;
}

#endif
