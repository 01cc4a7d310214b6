/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The simulator's own malloc: lists of free blocks by size, never given back, one set a thread. A run is millions of small blocks of one thread; the
 * general allocator was a fifth of its time. Not linked where a sanitizer watches the heap. */

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STEP 16u
#define SMALL 1024u
#define N_SMALL (SMALL / STEP)
#define N_CLASSES (N_SMALL + 4 * 40)
#define PAGE ((size_t) 2 << 20)
#define CHUNK (16 * PAGE)

/* Stands before every block. */
typedef struct
{
  uint32_t size_class;
  uint32_t shift;        /* from the block's real beginning, for one that had to be aligned */
  size_t size;           /* that may be used */
} Head;

typedef struct Free Free;
struct Free
{
  Free *next;
};

static __thread Free *lists[N_CLASSES];
static __thread char *at, *end;

/* 16, 32, … 1024, then four sizes to each doubling. */
static uint32_t
class_of (size_t size, size_t *rounded)
{
  uint32_t bits, part;
  size_t step;

  if (size <= SMALL)
    {
      uint32_t n = size == 0 ? 1 : (uint32_t) ((size + STEP - 1) / STEP);

      *rounded = (size_t) n * STEP;
      return n - 1;
    }
  bits = 63u - (uint32_t) __builtin_clzll (size - 1);
  step = (size_t) 1 << (bits - 2);
  part = (uint32_t) ((size - 1 - ((size_t) 1 << bits)) / step);
  *rounded = ((size_t) 1 << bits) + (part + 1) * step;
  return N_SMALL + (bits - 10) * 4 + part;
}

/* In large pages: blocks that were freed and taken again lie anywhere, and finding their pages was most of this file's time. */
static void *
map (size_t len)
{
  char *block = mmap (NULL, len + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (block == MAP_FAILED)
    return NULL;
  block += (PAGE - ((uintptr_t) block & (PAGE - 1))) & (PAGE - 1);
  madvise (block, len, MADV_HUGEPAGE);
  return block;
}

static void *
carve (size_t len)
{
  void *block;

  if (len > CHUNK / 4)
    return map ((len + PAGE - 1) & ~(PAGE - 1));
  if ((size_t) (end - at) < len)
    {
      block = map (CHUNK);
      if (block == NULL)
        return NULL;
      at = block;
      end = at + CHUNK;
    }
  block = at;
  at += len;
  return block;
}

static void *
take (size_t size)
{
  size_t rounded;
  uint32_t n;
  Head *head;

  if (size > ((size_t) 1 << 40))
    {
      errno = ENOMEM;
      return NULL;
    }
  n = class_of (size, &rounded);
  if (lists[n] != NULL)
    {
      void *block = lists[n];

      lists[n] = lists[n]->next;
      return block;
    }
  head = carve (sizeof (Head) + rounded);
  if (head == NULL)
    {
      errno = ENOMEM;
      return NULL;
    }
  *head = (Head) { n, 0, rounded };
  return head + 1;
}

static void
give (void *block)
{
  Head *head = (Head *) block - 1;
  Free *freed = (Free *) (void *) ((char *) block - head->shift);

  freed->next = lists[head->size_class];
  lists[head->size_class] = freed;
}

void *
malloc (size_t size)
{
  return take (size);
}

void
free (void *block)
{
  if (block != NULL)
    give (block);
}

void *
calloc (size_t n, size_t size)
{
  size_t len;
  void *block;

  if (__builtin_mul_overflow (n, size, &len))
    {
      errno = ENOMEM;
      return NULL;
    }
  block = take (len);
  if (block != NULL)
    memset (block, 0, len);
  return block;
}

void *
realloc (void *block, size_t size)
{
  size_t had = block != NULL ? ((Head *) block - 1)->size : 0;
  void *moved;

  if (block != NULL && size <= had)
    return block;
  moved = take (size);
  if (moved != NULL && block != NULL)
    {
      memcpy (moved, block, had);
      give (block);
    }
  return moved;
}

static void *
take_aligned (size_t alignment, size_t size)
{
  char *block = take (size + alignment + sizeof (Head));
  size_t shift;
  const Head *head;
  Head *moved;

  if (block == NULL || ((uintptr_t) block & (alignment - 1)) == 0)
    return block;
  head = (const Head *) (void *) block - 1;
  shift = (((uintptr_t) block + sizeof (Head) + alignment - 1) & ~(uintptr_t) (alignment - 1)) - (uintptr_t) block;
  moved = (Head *) (void *) (block + shift) - 1;
  *moved = (Head) { head->size_class, (uint32_t) shift, head->size - shift };
  return block + shift;
}

void *
memalign (size_t alignment, size_t size)
{
  return take_aligned (alignment, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return take_aligned (alignment, size);
}

int
posix_memalign (void **out, size_t alignment, size_t size)
{
  *out = take_aligned (alignment, size);
  return *out != NULL ? 0 : ENOMEM;
}

size_t
malloc_usable_size (void *block)
{
  return block != NULL ? ((Head *) block - 1)->size : 0;
}
