// What LeakSanitizer is told, where there is one: an isolate that the engine gave up is kept for ever, and its pages with it.
// Only the engine's own memory is excused; what Cloche held for the plugin must be gone.

extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:v8::internal::\n"; }
