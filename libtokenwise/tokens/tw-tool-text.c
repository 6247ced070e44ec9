/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-tool-text-private.h"

#include "libtokenwise/base/tw-limits-private.h"

static void append_type (GString *text, const cJSON *schema, guint indent, guint depth);

static void
append_indent (GString *text, guint indent)
{
  for (guint i = 0; i < indent; i++)
    g_string_append_c (text, ' ');
}

static void
append_comment (GString *text, const char *comment)
{
  if (comment != NULL && *comment != '\0')
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
append_properties (GString *text, const cJSON *schema, guint indent, guint depth)
{
  const cJSON *properties = tw_json_object (schema, "properties");
  const cJSON *property;

  if (properties == NULL || properties->child == NULL)
    g_string_append_c (text, '\n');
  cJSON_ArrayForEach (property, properties)
  {
    if (indent == 0)
      append_comment (text, tw_json_string (property, "description"));
    append_indent (text, indent);
    g_string_append_printf (text, "%s%s: ", property->string,
                            is_required (schema, property->string) ? "" : "?");
    append_type (text, property, indent, depth);
    g_string_append (text, ",\n");
  }
}

static void
append_enum (GString *text, const cJSON *values)
{
  const cJSON *value;

  cJSON_ArrayForEach (value, values)
  {
    g_autofree char *printed = cJSON_IsString (value)
                                   ? g_strconcat ("\"", value->valuestring, "\"", NULL)
                                   : tw_json_print (value);

    g_string_append_printf (text, "%s%s", value != values->child ? " | " : "", printed);
  }
}

static void
append_alternatives (GString *text, const cJSON *schemas, guint indent, guint depth)
{
  const cJSON *schema;

  cJSON_ArrayForEach (schema, schemas)
  {
    if (schema != schemas->child)
      g_string_append (text, " | ");
    append_type (text, schema, indent, depth);
  }
}

/* "type": ["string", "null"]. */
static void
append_names (GString *text, const cJSON *names)
{
  const cJSON *name;

  cJSON_ArrayForEach (name, names)
  {
    if (cJSON_IsString (name))
      g_string_append_printf (text, "%s%s", name != names->child ? " | " : "", name->valuestring);
  }
}

static void
append_named_type (GString *text, const cJSON *schema, guint indent, guint depth)
{
  const char *type = tw_json_string (schema, "type");

  if (g_strcmp0 (type, "integer") == 0)
    g_string_append (text, "number");
  else if (g_strcmp0 (type, "array") == 0)
    {
      const cJSON *items = tw_json_object (schema, "items");

      if (items != NULL)
        append_type (text, items, indent, depth);
      else
        g_string_append (text, "any");
      g_string_append (text, "[]");
    }
  else if (g_strcmp0 (type, "object") == 0)
    {
      g_string_append (text, "{\n");
      append_properties (text, schema, indent + 2, depth);
      g_string_append (text, "}");
    }
  else
    g_string_append (text, type != NULL ? type : "any");
}

static void
append_type (GString *text, const cJSON *schema, guint indent, guint depth)
{
  const cJSON *any_of = tw_json_array (schema, "anyOf");
  const cJSON *values = tw_json_array (schema, "enum");
  const cJSON *types = tw_json_array (schema, "type");

  if (depth > TW_LIMIT_JSON_DEPTH)
    return;
  if (any_of != NULL)
    append_alternatives (text, any_of, indent, depth + 1);
  else if (values != NULL && g_strcmp0 (tw_json_string (schema, "type"), "boolean") != 0)
    append_enum (text, values);
  else if (types != NULL)
    append_names (text, types);
  else
    append_named_type (text, schema, indent, depth + 1);
}

char *
tw_tools_to_typescript (GPtrArray *tools)
{
  GString *text = g_string_new ("namespace functions {\n\n");

  for (guint i = 0; i < tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (tools, i);
      const cJSON *properties = tw_json_object (tool->parameters, "properties");

      append_comment (text, tool->description);
      if (properties == NULL || properties->child == NULL)
        {
          g_string_append_printf (text, "type %s = () => any;\n\n", tool->name);
          continue;
        }
      g_string_append_printf (text, "type %s = (_: {\n", tool->name);
      append_properties (text, tool->parameters, 0, 0);
      g_string_append (text, "}) => any;\n\n");
    }
  g_string_append (text, "} // namespace functions");
  return g_string_free (text, FALSE);
}

static void
append_spaced (GString *text, const char *json)
{
  gboolean quoted = FALSE;

  for (; *json != '\0'; json++)
    {
      g_string_append_c (text, *json);
      if (quoted && *json == '\\' && json[1] != '\0')
        g_string_append_c (text, *++json);
      else if (*json == '"')
        quoted = !quoted;
      else if (!quoted && (*json == ',' || *json == ':'))
        g_string_append_c (text, ' ');
    }
}

char *
tw_tools_to_json (GPtrArray *tools)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (tools, i);
      g_autoptr (cJSON) json = cJSON_CreateObject ();
      cJSON *function;
      g_autofree char *printed = NULL;

      cJSON_AddStringToObject (json, "type", "function");
      function = cJSON_AddObjectToObject (json, "function");
      cJSON_AddStringToObject (function, "name", tool->name);
      if (tool->description != NULL)
        cJSON_AddStringToObject (function, "description", tool->description);
      if (tool->parameters != NULL)
        cJSON_AddItemReferenceToObject (function, "parameters", tool->parameters);
      printed = tw_json_print (json);
      append_spaced (text, printed);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static void
add_string (GPtrArray *strings, const char *text)
{
  if (text != NULL)
    g_ptr_array_add (strings, g_strdup (text));
}

static void
add_list (GPtrArray *strings, const cJSON *list)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, list)
  {
    add_string (strings, cJSON_GetStringValue (item));
  }
}

static void
add_schema (GPtrArray *strings, const cJSON *schema, guint depth)
{
  const cJSON *property;

  if (schema == NULL || depth > TW_LIMIT_JSON_DEPTH)
    return;
  add_string (strings, tw_json_string (schema, "format"));
  add_string (strings, tw_json_string (schema, "description"));
  add_list (strings, tw_json_array (schema, "enum"));
  add_list (strings, tw_json_array (schema, "required"));
  add_schema (strings, tw_json_object (schema, "items"), depth + 1);
  cJSON_ArrayForEach (property, tw_json_object (schema, "properties"))
  {
    add_string (strings, property->string);
    add_schema (strings, property, depth + 1);
  }
}

GPtrArray *
tw_tools_to_strings (GPtrArray *tools)
{
  GPtrArray *strings = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (tools, i);

      add_string (strings, tool->name);
      add_string (strings, tool->description);
      add_schema (strings, tool->parameters, 0);
    }
  return strings;
}

static void
add_value (GPtrArray *strings, const cJSON *value)
{
  const cJSON *child;

  add_string (strings, value->string);
  add_string (strings, cJSON_GetStringValue (value));
  cJSON_ArrayForEach (child, value)
  {
    add_value (strings, child);
  }
}

GPtrArray *
tw_arguments_to_strings (const char *arguments)
{
  GPtrArray *strings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (cJSON) json = tw_json_parse (arguments, -1, TW_LIMIT_REQUEST_BYTES, NULL);

  if (json != NULL)
    add_value (strings, json);
  else
    add_string (strings, arguments);
  return strings;
}
