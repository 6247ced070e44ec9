/* SPDX-License-Identifier: MIT */
#include "app-choice.h"

enum
{
  PROP_TITLE = 1,
  PROP_PRICE,
  PROP_TIME,
  PROP_NOTE,
  PROP_HAS_NOTE,
  N_PROPERTIES,
};

struct _AppChoice
{
  GObject parent_instance;

  char *id;
  char *texts[PROP_HAS_NOTE];
};

G_DEFINE_FINAL_TYPE (AppChoice, app_choice, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];

static void
app_choice_finalize (GObject *object)
{
  AppChoice *self = APP_CHOICE (object);

  g_free (self->id);
  for (guint i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_free (self->texts[i]);
  G_OBJECT_CLASS (app_choice_parent_class)->finalize (object);
}

static void
app_choice_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppChoice *self = APP_CHOICE (object);

  if (id == PROP_HAS_NOTE)
    g_value_set_boolean (value, self->texts[PROP_NOTE] != NULL);
  else
    g_value_set_string (value, self->texts[id] != NULL ? self->texts[id] : "");
}

static void
app_choice_class_init (AppChoiceClass *klass)
{
  static const char *const names[] = {
    [PROP_TITLE] = "title",
    [PROP_PRICE] = "price",
    [PROP_TIME] = "time",
    [PROP_NOTE] = "note",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = app_choice_finalize;
  object_class->get_property = app_choice_get_property;
  for (guint i = PROP_TITLE; i < G_N_ELEMENTS (names); i++)
    properties[i] = g_param_spec_string (names[i], NULL, NULL, NULL, flags);
  properties[PROP_HAS_NOTE] = g_param_spec_boolean ("has-note", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
app_choice_init (AppChoice *self)
{
}

AppChoice *
app_choice_new (const char *id, const char *title)
{
  AppChoice *self = g_object_new (APP_TYPE_CHOICE, NULL);

  self->id = g_strdup (id);
  self->texts[PROP_TITLE] = g_strdup (title);
  return self;
}

const char *
app_choice_get_id (AppChoice *self)
{
  return self->id;
}

/* Only what changed is announced: a list that is open does not flicker while numbers stay. */
static void
set_text (AppChoice *self, guint property, const char *text)
{
  if (g_strcmp0 (self->texts[property], text) == 0)
    return;
  g_free (self->texts[property]);
  self->texts[property] = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
app_choice_set_title (AppChoice *self, const char *title)
{
  set_text (self, PROP_TITLE, title);
}

/* %NULL: there is no message to price yet. */
void
app_choice_set_estimate (AppChoice *self, const TwEstimate *estimate)
{
  g_autofree char *price = estimate != NULL ? tw_estimate_get_cost_text (estimate) : NULL;
  g_autofree char *time = estimate != NULL ? tw_estimate_get_time_text (estimate) : NULL;

  set_text (self, PROP_PRICE, price);
  set_text (self, PROP_TIME, time);
  set_text (self, PROP_NOTE, estimate != NULL ? tw_estimate_get_problem (estimate) : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_NOTE]);
}
