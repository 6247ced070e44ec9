/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* A library that is loaded when it is first needed. libcurl alone brings some twenty others, whose
 * loading takes longer than counting a page of text does. */
typedef struct
{
  const char *soname;
  const char *purpose; /* after "is needed to", as in "reach a provider" */
  const char *package; /* Debian's */
} TwLibrary;

/* Where a function of the library goes: its name, and its place in a struct of pointers. */
typedef struct
{
  const char *name;
  gsize offset;
} TwLibrarySymbol;

/* Fills the table, which is of no use after a failure. The library stays loaded to the end of the
 * process: what it registered cannot be taken back. */
gboolean tw_library_load (const TwLibrary *library,
                          const TwLibrarySymbol *symbols,
                          gsize n_symbols,
                          gpointer table,
                          GError **error);

/* Says in the ELF file what the dynamic section no longer says, for those who make packages.
 * Source: https://systemd.io/ELF_DLOPEN_METADATA/ */
#define TW_LIBRARY_NOTE_TYPE 0x407c0c0au
#define TW_LIBRARY_NOTE(variable, soname, feature, description, priority)                          \
  static const struct                                                                              \
  {                                                                                                \
    guint32 owner_size;                                                                            \
    guint32 text_size;                                                                             \
    guint32 type;                                                                                  \
    char owner[4];                                                                                 \
    char text[sizeof (TW_LIBRARY_NOTE_TEXT (soname, feature, description, priority))];             \
  } variable __attribute__ ((used, section (".note.dlopen"), aligned (4)))                         \
  = { 4, sizeof (TW_LIBRARY_NOTE_TEXT (soname, feature, description, priority)),                   \
      TW_LIBRARY_NOTE_TYPE, "FDO", TW_LIBRARY_NOTE_TEXT (soname, feature, description, priority) }
#define TW_LIBRARY_NOTE_TEXT(soname, feature, description, priority)                               \
  "[{\"soname\":[\"" soname "\"],\"feature\":\"" feature "\",\"description\":\"" description       \
  "\",\"priority\":\"" priority "\"}]"

G_END_DECLS
