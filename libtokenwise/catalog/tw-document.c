/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-model-private.h"

static void
document_clear (gpointer data)
{
  TwDocument *self = data;

  g_ptr_array_unref (self->providers);
  g_ptr_array_unref (self->overrides);
  g_string_chunk_free (self->strings);
  g_clear_pointer (&self->file, g_mapped_file_unref);
  cJSON_Delete (self->root);
}

static void
delete_json (gpointer data)
{
  cJSON_Delete (data);
}

static void
provider_free (gpointer data)
{
  TwCatalogProvider *self = data;

  tw_adjustments_free (self->adjustments, self->n_adjustments);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

TwDocument *
tw_document_new (GMappedFile *file)
{
  TwDocument *self = g_atomic_rc_box_new0 (TwDocument);

  self->file = file;
  self->strings = g_string_chunk_new (32768);
  self->providers = g_ptr_array_new_with_free_func (provider_free);
  self->overrides = g_ptr_array_new_with_free_func (delete_json);
  return self;
}

TwDocument *
tw_document_ref (TwDocument *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
tw_document_unref (TwDocument *self)
{
  g_atomic_rc_box_release_full (self, document_clear);
}
