/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-tool-text-private.h"

#include "libtokenwise/base/tw-limits-private.h"

static void append_type (GString *text, const cJSON *schema, guint depth);

static void
append_comment (GString *text, const char *comment)
{
  if (comment != NULL)
    g_string_append_printf (text, "// %s\n", comment);
}

static gboolean
is_required (const cJSON *schema, const char *name)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, tw_json_array (schema, "required"))
  {
    if (g_strcmp0 (cJSON_GetStringValue (item), name) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
append_properties (GString *text, const cJSON *schema, guint depth)
{
  const cJSON *property;

  cJSON_ArrayForEach (property, tw_json_object (schema, "properties"))
  {
    if (depth < 2)
      append_comment (text, tw_json_string (property, "description"));
    g_string_append_printf (text, "%s%s: ", property->string,
                            is_required (schema, property->string) ? "" : "?");
    append_type (text, property, depth + 1);
    g_string_append (text, ",\n");
  }
}

static void
append_enum (GString *text, const cJSON *values)
{
  const cJSON *value;

  cJSON_ArrayForEach (value, values)
  {
    g_autofree char *printed = tw_json_print (value);

    g_string_append_printf (text, "%s%s", value != values->child ? " | " : "", printed);
  }
}

static void
append_type (GString *text, const cJSON *schema, guint depth)
{
  const char *type = tw_json_string (schema, "type");
  const cJSON *values = tw_json_array (schema, "enum");

  if (depth > TW_LIMIT_JSON_DEPTH)
    return;
  if (values != NULL)
    append_enum (text, values);
  else if (g_strcmp0 (type, "integer") == 0)
    g_string_append (text, "number");
  else if (g_strcmp0 (type, "array") == 0)
    {
      append_type (text, tw_json_object (schema, "items"), depth + 1);
      g_string_append (text, "[]");
    }
  else if (g_strcmp0 (type, "object") == 0)
    {
      g_string_append (text, "{\n");
      append_properties (text, schema, depth + 1);
      g_string_append (text, "}");
    }
  else
    g_string_append (text, type != NULL ? type : "any");
}

char *
tw_tools_to_typescript (GPtrArray *tools)
{
  GString *text = g_string_new ("namespace functions {\n\n");

  for (guint i = 0; i < tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (tools, i);

      append_comment (text, tool->description);
      if (tw_json_object (tool->parameters, "properties") == NULL)
        {
          g_string_append_printf (text, "type %s = () => any;\n\n", tool->name);
          continue;
        }
      g_string_append_printf (text, "type %s = (_: {\n", tool->name);
      append_properties (text, tool->parameters, 0);
      g_string_append (text, "}) => any;\n\n");
    }
  g_string_append (text, "} // namespace functions");
  return g_string_free (text, FALSE);
}

char *
tw_tools_to_json (GPtrArray *tools)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (tools, i);
      g_autoptr (cJSON) json = cJSON_CreateObject ();
      g_autofree char *printed = NULL;

      cJSON_AddStringToObject (json, "name", tool->name);
      if (tool->description != NULL)
        cJSON_AddStringToObject (json, "description", tool->description);
      if (tool->parameters != NULL)
        cJSON_AddItemReferenceToObject (json, "parameters", tool->parameters);
      printed = tw_json_print (json);
      g_string_append_printf (text, "%s\n", printed);
    }
  return g_string_free (text, FALSE);
}
