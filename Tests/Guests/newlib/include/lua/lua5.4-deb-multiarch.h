#define DEB_HOST_MULTIARCH "freebsd"
