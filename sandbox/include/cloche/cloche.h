#pragma once

// The whole of Cloche for a host application.

#include <cloche/audit_log.h>
#include <cloche/builtin.h>
#include <cloche/host.h>
#include <cloche/observer.h>
#include <cloche/plugin.h>
#include <cloche/prometheus.h>
#include <cloche/registry.h>
#include <cloche/statistics.h>
#include <cloche/supervision.h>
#include <cloche/trace_recorder.h>
