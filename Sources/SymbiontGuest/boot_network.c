#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "boot.h"

enum { address_bits = 32, maximum_text = 64 };

static const char device[] = "eth0";

static struct sockaddr address(in_addr_t value) {
  struct sockaddr_in internet = {.sin_family = AF_INET, .sin_addr.s_addr = value};
  struct sockaddr result;
  memcpy(&result, &internet, sizeof result);
  return result;
}

static int start(int control, const char *name) {
  struct ifreq request = {0};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (ioctl(control, SIOCGIFFLAGS, &request) != 0) return errno;
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  return ioctl(control, SIOCSIFFLAGS, &request) == 0 ? 0 : errno;
}

int boot_start_loopback(void) {
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return errno;
  int number = start(control, "lo");
  close(control);
  return number;
}

static int set_address(int control, in_addr_t own, unsigned prefix) {
  struct ifreq request = {0};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
  request.ifr_addr = address(own);
  if (ioctl(control, SIOCSIFADDR, &request) != 0) return errno;
  in_addr_t mask = htonl(prefix == 0 ? 0 : ~0u << (address_bits - prefix));
  request.ifr_netmask = address(mask);
  if (ioctl(control, SIOCSIFNETMASK, &request) != 0) return errno;
  return start(control, device);
}

static int set_route(int control, in_addr_t gateway) {
  struct rtentry route = {0};
  route.rt_dst = address(INADDR_ANY);
  route.rt_genmask = address(INADDR_ANY);
  route.rt_flags = RTF_UP;
  // A machine that goes on from another one's state has its way out.
  while (ioctl(control, SIOCDELRT, &route) == 0) {}
  route.rt_gateway = address(gateway);
  route.rt_flags = RTF_UP | RTF_GATEWAY;
  return ioctl(control, SIOCADDRT, &route) == 0 || errno == EEXIST ? 0 : errno;
}

int boot_configure_network(const char *text) {
  char own[maximum_text], gateway[maximum_text], rest;
  unsigned prefix;
  if (strlen(text) >= maximum_text || sscanf(text, "%63[0-9.]/%u %63[0-9.]%c", own, &prefix, gateway, &rest) != 3) {
    return EINVAL;
  }
  struct in_addr own_address, gateway_address;
  if (prefix > address_bits || inet_pton(AF_INET, own, &own_address) != 1 ||
      inet_pton(AF_INET, gateway, &gateway_address) != 1) {
    return EINVAL;
  }
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return errno;
  int number = set_address(control, own_address.s_addr, prefix);
  if (number == 0) number = set_route(control, gateway_address.s_addr);
  close(control);
  return number;
}
