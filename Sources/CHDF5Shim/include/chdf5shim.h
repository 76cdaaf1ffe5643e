// What Swift can't import of HDF5: its macros, its versioned functions and C callbacks.
#pragma once
#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline unsigned h5x_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned h5x_truncate(void) { return H5F_ACC_TRUNC; }

// Integers of 1, 2, 4 or 8 bytes.
static inline hid_t h5x_integer(int size, int is_signed) {
    switch (size) {
    case 1: return is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
    case 2: return is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
    case 4: return is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
    default: return is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
    }
}
static inline hid_t h5x_float32(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t h5x_float64(void) { return H5T_NATIVE_DOUBLE; }

// Little-endian 16-bit floats: `mantissa` bits after `exponent` bits after the sign. The caller
// closes them.
static inline hid_t h5x_float16_like(size_t exponent, size_t mantissa, size_t bias) {
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    if (type < 0) return type;
    if (H5Tset_fields(type, 15, mantissa, exponent, 0, mantissa) < 0 ||
        H5Tset_size(type, 2) < 0 || H5Tset_ebias(type, bias) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

// The enumeration {FALSE = 0, TRUE = 1} over a byte that h5py and others read as bool.
static inline hid_t h5x_bool(void) {
    hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
    int8_t no = 0, yes = 1;
    if (type < 0) return type;
    if (H5Tenum_insert(type, "FALSE", &no) < 0 || H5Tenum_insert(type, "TRUE", &yes) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

// A text of fixed length for an attribute.
static inline hid_t h5x_text(size_t length) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0) return type;
    if (H5Tset_size(type, length) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

// Files are opened without a lock, so that several runs may read one at a time.
static inline hid_t h5x_file_access(void) {
    hid_t plist = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 10, 7) && !(H5_VERS_MINOR == 12 && H5_VERS_RELEASE == 0)
    if (plist >= 0) H5Pset_file_locking(plist, 0, 1);
#endif
    return plist;
}

static inline herr_t h5x_refuse_external(const char *file, const char *path, const char *target,
                                         const char *object, unsigned *flags, hid_t access,
                                         void *context) {
    (void)file, (void)path, (void)target, (void)object, (void)flags, (void)access, (void)context;
    return -1;
}

// Access to a dataset with a chunk cache of `cache_bytes` and external links refused.
static inline hid_t h5x_dataset_access(size_t cache_bytes) {
    hid_t plist = H5Pcreate(H5P_DATASET_ACCESS);
    if (plist < 0) return plist;
    H5Pset_elink_cb(plist, h5x_refuse_external, NULL);
    H5Pset_chunk_cache(plist, 521, cache_bytes, 1.0);
    return plist;
}

// Without the time, so that the same elements make the same file.
static inline hid_t h5x_dataset_creation(void) {
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    if (plist >= 0) H5Pset_obj_track_times(plist, 0);
    return plist;
}

// Creation of links together with the groups on their way.
static inline hid_t h5x_link_creation(void) {
    hid_t plist = H5Pcreate(H5P_LINK_CREATE);
    if (plist >= 0) H5Pset_create_intermediate_group(plist, 1);
    return plist;
}

static inline hid_t h5x_link_access(void) {
    hid_t plist = H5Pcreate(H5P_LINK_ACCESS);
    if (plist >= 0) H5Pset_elink_cb(plist, h5x_refuse_external, NULL);
    return plist;
}

// The kind of a link: 0 hard, 1 soft, 2 external, 3 anything else, -1 none.
static inline int h5x_link_kind(hid_t location, const char *name) {
    H5L_info_t info;
    if (H5Lget_info(location, name, &info, H5P_DEFAULT) < 0) return -1;
    switch (info.type) {
    case H5L_TYPE_HARD: return 0;
    case H5L_TYPE_SOFT: return 1;
    case H5L_TYPE_EXTERNAL: return 2;
    default: return 3;
    }
}

// Whether a path leads to an object of this file, over soft links too.
static inline bool h5x_leads_here(hid_t location, const char *name) {
    hid_t access = h5x_link_access();
    if (access < 0) return false;
    htri_t found = H5Oexists_by_name(location, name, access);
    H5Pclose(access);
    return found > 0;
}

// Calls `visit` with the name of each link of a group, in the order that costs least, until it
// gives something other than 0.
typedef struct h5x_visitor {
    int (*visit)(const char *name, void *context);
    void *context;
} h5x_visitor;

static inline herr_t h5x_visit_link(hid_t group, const char *name, const H5L_info_t *info,
                                    void *visitor) {
    (void)group, (void)info;
    const h5x_visitor *v = (const h5x_visitor *)visitor;
    return v->visit(name, v->context);
}

static inline herr_t h5x_each_link(hid_t group, int (*visit)(const char *, void *),
                                   void *context) {
    h5x_visitor visitor = {visit, context};
    return H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, h5x_visit_link, &visitor);
}

// A number that two names of one object share.
static inline uint64_t h5x_object_key(hid_t object) {
    H5O_info_t info;
#if H5_VERSION_GE(1, 12, 0)
    uint64_t key = 0xcbf29ce484222325u;
    if (H5Oget_info(object, &info, H5O_INFO_BASIC) < 0) return 0;
    const unsigned char *bytes = (const unsigned char *)&info.token;
    for (size_t i = 0; i < sizeof info.token; i++) key = (key ^ bytes[i]) * 0x100000001b3u;
    return key;
#else
    if (H5Oget_info(object, &info) < 0) return 0;
    return (uint64_t)info.addr;
#endif
}

static inline hid_t h5x_create_attribute(hid_t object, const char *name, hid_t type, hid_t space) {
    return H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
}

typedef struct h5x_message {
    char text[256];
} h5x_message;

static inline herr_t h5x_take_first(unsigned n, const H5E_error2_t *error, void *context) {
    h5x_message *message = (h5x_message *)context;
    if (n == 0 && error->desc) strncpy(message->text, error->desc, sizeof message->text - 1);
    return 0;
}

// Called by libhdf5 when one of its functions fails: keeps the most specific message.
static inline herr_t h5x_keep_error(hid_t stack, void *message) {
    memset(message, 0, sizeof(h5x_message));
    return H5Ewalk2(stack, H5E_WALK_UPWARD, h5x_take_first, message);
}

// Sends errors of the calling thread to `message` instead of the terminal.
static inline void h5x_keep_errors(h5x_message *message) {
    H5Eset_auto2(H5E_DEFAULT, h5x_keep_error, message);
}

// Files are closed by their owners: nothing is left to do at exit that a thread which is still
// reading could trip over.
static inline void h5x_start(void) {
    H5dont_atexit();
    H5open();
}
