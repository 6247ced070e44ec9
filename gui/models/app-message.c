/* SPDX-License-Identifier: MIT */
#include "app-message.h"

struct _AppMessage
{
  GObject parent_instance;

  TwRole role;
  GString *text;
  AppMessageState state;
  char *progress;

  char *receipt_id;
  char *cost;
  char *estimate;
  char *model;
  gint64 total_ms;
  gboolean simulated;
};

G_DEFINE_FINAL_TYPE (AppMessage, app_message, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_FOOTER,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];
static guint appended_signal;

static const char *const state_names[] = {
  [APP_MESSAGE_DONE] = "done",
  [APP_MESSAGE_STREAMING] = "streaming",
  [APP_MESSAGE_STOPPED] = "stopped",
  [APP_MESSAGE_INCOMPLETE] = "incomplete",
};

static void
app_message_finalize (GObject *object)
{
  AppMessage *self = APP_MESSAGE (object);

  g_string_free (self->text, TRUE);
  g_free (self->progress);
  g_free (self->receipt_id);
  g_free (self->cost);
  g_free (self->estimate);
  g_free (self->model);
  G_OBJECT_CLASS (app_message_parent_class)->finalize (object);
}

static void
app_message_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppMessage *self = APP_MESSAGE (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_FOOTER:
      g_value_take_string (value, app_message_dup_footer (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
app_message_class_init (AppMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = app_message_finalize;
  object_class->get_property = app_message_get_property;
  properties[PROP_STATE]
      = g_param_spec_int ("state", NULL, NULL, 0, APP_MESSAGE_INCOMPLETE, 0, flags);
  properties[PROP_FOOTER] = g_param_spec_string ("footer", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  appended_signal = g_signal_new ("appended", APP_TYPE_MESSAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

static void
app_message_init (AppMessage *self)
{
  self->text = g_string_new (NULL);
}

AppMessage *
app_message_new (TwRole role, const char *text)
{
  AppMessage *self = g_object_new (APP_TYPE_MESSAGE, NULL);

  self->role = role;
  app_message_append (self, text);
  return self;
}

TwRole
app_message_get_role (AppMessage *self)
{
  return self->role;
}

const char *
app_message_get_text (AppMessage *self)
{
  return self->text->str;
}

gsize
app_message_get_length (AppMessage *self)
{
  return self->text->len;
}

/* A text widget aborts on bytes that are not UTF-8, so they are replaced at this door. */
void
app_message_append (AppMessage *self, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  if (g_utf8_validate (text, -1, NULL))
    {
      g_string_append (self->text, text);
    }
  else
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      g_string_append (self->text, valid);
    }
  g_signal_emit (self, appended_signal, 0);
}

AppMessageState
app_message_get_state (AppMessage *self)
{
  return self->state;
}

void
app_message_set_state (AppMessage *self, AppMessageState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOOTER]);
}

void
app_message_set_progress (AppMessage *self, const char *progress)
{
  g_free (self->progress);
  self->progress = g_strdup (progress);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOOTER]);
}

static void
replace (char **text, const char *value)
{
  char *old = *text;

  *text = g_strdup (value);
  g_free (old);
}

void
app_message_set_figures (AppMessage *self, const AppFigures *figures)
{
  replace (&self->receipt_id, figures->receipt_id);
  replace (&self->cost, figures->cost);
  replace (&self->estimate, figures->estimate);
  replace (&self->model, figures->model);
  self->total_ms = figures->total_ms;
  self->simulated = figures->simulated;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOOTER]);
}

void
app_message_get_figures (AppMessage *self, AppFigures *ret_figures)
{
  ret_figures->receipt_id = self->receipt_id;
  ret_figures->cost = self->cost;
  ret_figures->estimate = self->estimate;
  ret_figures->model = self->model;
  ret_figures->total_ms = self->total_ms;
  ret_figures->simulated = self->simulated;
}

static void
add_part (GString *line, const char *prefix, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  if (line->len > 0)
    g_string_append (line, " · ");
  g_string_append (line, prefix);
  g_string_append (line, text);
}

static void
add_seconds (GString *line, gint64 ms)
{
  g_autofree char *text = NULL;

  if (ms <= 0)
    return;
  text = ms < 10000 ? g_strdup_printf ("%.1f s", (double) ms / 1000.0)
                    : g_strdup_printf ("%.0f s", (double) ms / 1000.0);
  add_part (line, "", text);
}

/* (nullable): a message of the person, or a reply of which nothing is known, has no footer. */
char *
app_message_dup_footer (AppMessage *self)
{
  g_autoptr (GString) line = g_string_new (NULL);

  if (self->state == APP_MESSAGE_STREAMING)
    return g_strdup (self->progress);
  add_part (line, "", self->cost);
  add_part (line, "estimated ", self->estimate);
  add_seconds (line, self->total_ms);
  add_part (line, "", self->model);
  if (self->state != APP_MESSAGE_DONE)
    add_part (line, "", state_names[self->state]);
  if (self->simulated)
    add_part (line, "", "simulated");
  return line->len > 0 ? g_strdup (line->str) : NULL;
}

const char *
app_message_state_to_string (AppMessageState state)
{
  return state_names[state];
}

gboolean
app_message_state_from_string (const char *text, AppMessageState *ret_state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_strcmp0 (text, state_names[i]) == 0)
      {
        *ret_state = (AppMessageState) i;
        return TRUE;
      }
  return FALSE;
}
