/* Values of JavaScript and of C.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "addon.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct addon *addon_of(napi_env env) {
    void *addon = NULL;
    napi_get_instance_data(env, &addon);
    return addon;
}

napi_value value_undefined(napi_env env) {
    napi_value value = NULL;
    napi_get_undefined(env, &value);
    return value;
}

napi_value value_null(napi_env env) {
    napi_value value = NULL;
    napi_get_null(env, &value);
    return value;
}

napi_value value_bool(napi_env env, bool given) {
    napi_value value = NULL;
    napi_get_boolean(env, given, &value);
    return value;
}

napi_value value_number(napi_env env, double given) {
    napi_value value = NULL;
    napi_create_double(env, given, &value);
    return value;
}

napi_value value_text_of(napi_env env, const char *text, size_t len) {
    napi_value value = NULL;
    napi_create_string_utf8(env, text, len, &value);
    return value;
}

napi_value value_text(napi_env env, const char *text) { return value_text_of(env, text, NAPI_AUTO_LENGTH); }

napi_value value_bytes(napi_env env, const void *data, size_t len) {
    napi_value value = NULL;
    napi_create_buffer_copy(env, len, data, NULL, &value);
    return value;
}

napi_value value_family(napi_env env, int32_t family) {
    return value_text(env, family == NET_FAMILY_IPV6 ? "IPv6" : "IPv4");
}

napi_value value_address(napi_env env, const net_address *address) {
    napi_value object = NULL;
    napi_create_object(env, &object);
    if (address->family == NET_FAMILY_NONE) {
        return object;
    }
    set(env, object, "address", value_text_of(env, address->address, address->address_len));
    set(env, object, "family", value_family(env, address->family));
    set(env, object, "port", value_number(env, address->port));
    return object;
}

static napi_valuetype type_of(napi_env env, napi_value value) {
    napi_valuetype type = napi_undefined;
    if (value) {
        napi_typeof(env, value, &type);
    }
    return type;
}

bool is_nothing(napi_env env, napi_value value) {
    napi_valuetype type = type_of(env, value);
    return type == napi_undefined || type == napi_null;
}

bool is_function(napi_env env, napi_value value) { return type_of(env, value) == napi_function; }

/* As text, whatever it is; to be freed. NULL if it cannot be had. */
char *text_of(napi_env env, napi_value value, size_t *len) {
    napi_value text = NULL;
    if (napi_coerce_to_string(env, value, &text) != napi_ok ||
        napi_get_value_string_utf8(env, text, NULL, 0, len) != napi_ok) {
        return NULL;
    }
    char *copy = malloc(*len + 1);
    if (copy) {
        napi_get_value_string_utf8(env, text, copy, *len + 1, len);
    }
    return copy;
}

bool bytes_of(napi_env env, napi_value value, const void **data, size_t *len) {
    *data = NULL;
    *len = 0;
    if (is_nothing(env, value)) {
        return true;
    }
    void *bytes = NULL;
    if (napi_get_buffer_info(env, value, &bytes, len) != napi_ok) {
        return false;
    }
    *data = bytes;
    return true;
}

void set(napi_env env, napi_value object, const char *name, napi_value value) {
    napi_set_named_property(env, object, name, value);
}

/* Puts a strong reference into the slot, in the place of the one before. NULL empties it. */
void reference_set(napi_env env, napi_ref *slot, napi_value value) {
    if (*slot) {
        napi_delete_reference(env, *slot);
        *slot = NULL;
    }
    if (value) {
        napi_create_reference(env, value, 1, slot);
    }
}

void reference_hold(napi_env env, napi_ref self) {
    uint32_t count = 0;
    if (napi_reference_ref(env, self, &count) == napi_ok && count > 1) {
        napi_reference_unref(env, self, &count);
    }
}

void reference_release(napi_env env, napi_ref self) {
    uint32_t count = 0;
    if (napi_reference_ref(env, self, &count) == napi_ok) {
        while (count > 0) {
            napi_reference_unref(env, self, &count);
        }
    }
}

napi_value reference_value(napi_env env, napi_ref reference) {
    napi_value value = NULL;
    if (reference) {
        napi_get_reference_value(env, reference, &value);
    }
    return value;
}

napi_value option(napi_env env, napi_value options, const char *name) {
    napi_value value = NULL;
    if (is_nothing(env, options) || napi_get_named_property(env, options, name, &value) != napi_ok ||
        is_nothing(env, value)) {
        return NULL;
    }
    return value;
}

static bool option_number(napi_env env, napi_value options, const char *name, double *out) {
    napi_value value = option(env, options, name);
    napi_value number = NULL;
    return value && napi_coerce_to_number(env, value, &number) == napi_ok &&
           napi_get_value_double(env, number, out) == napi_ok && isfinite(*out);
}

void option_int(napi_env env, napi_value options, const char *name, int32_t *out) {
    double number = 0;
    if (option_number(env, options, name, &number)) {
        *out = (int32_t)number;
    }
}

void option_port(napi_env env, napi_value options, const char *name, uint16_t *out) {
    double number = 0;
    if (option_number(env, options, name, &number)) {
        *out = (uint16_t)number;
    }
}

void option_time(napi_env env, napi_value options, const char *name, uint64_t *out) {
    double number = 0;
    if (option_number(env, options, name, &number) && number >= 0) {
        *out = (uint64_t)number;
    }
}

void option_size(napi_env env, napi_value options, const char *name, size_t *out) {
    double number = 0;
    if (option_number(env, options, name, &number) && number >= 0) {
        *out = (size_t)number;
    }
}

net_block_list *option_block_list(napi_env env, napi_value options) {
    return block_list_of(env, option(env, options, "blockList"));
}

/* NULL if it is absent. */
napi_value option_value(napi_env env, napi_value options, const char *name) { return option(env, options, name); }

void option_text(napi_env env, napi_value options, const char *name, char **out, size_t *len) {
    napi_value value = option(env, options, name);
    *out = value ? text_of(env, value, len) : NULL;
}
