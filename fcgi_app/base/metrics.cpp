#include "base/metrics.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>
#include <utility>

#include "base/shared_places.h"

namespace base {
namespace {

// ---- the tables: what each number is called ----

struct Sample {
    std::string_view name;
    std::string_view labels;
    std::string_view help;  // with the first sample of a name
};

constexpr std::array count_samples{
    Sample{"postern_session_lookups_total", R"(result="found")", "Session cookies looked up."},
    Sample{"postern_session_lookups_total", R"(result="missed")", ""},
    Sample{"postern_mails_total", R"(outcome="accepted")", "What became of mails."},
    Sample{"postern_mails_total", R"(outcome="shelved")", ""},
    Sample{"postern_mails_total", R"(outcome="retried")", ""},
    Sample{"postern_mails_total", R"(outcome="expired")", ""},
    Sample{"postern_mails_total", R"(outcome="discarded")", ""},
    Sample{"postern_mails_total", R"(outcome="lease_lost")", ""},
    Sample{"postern_relay_troubles_total", "", "Dialogues in which a relay itself was in trouble."},
    Sample{"postern_log_lines_dropped_total", "",
           "Lines that the log's reader did not take in time."},
    Sample{"postern_worker_starts_total", "", "Workers that were started."},
};

constexpr std::array gauge_samples{
    Sample{"postern_requests_in_flight", R"(lane="quick")", "Requests that are being answered."},
    Sample{"postern_requests_in_flight", R"(lane="hashing")", ""},
    Sample{"postern_connections", R"(lane="quick")", "Connections of nginx, idle ones included."},
    Sample{"postern_connections", R"(lane="hashing")", ""},
};

constexpr std::array duration_samples{
    Sample{"postern_request_duration_seconds", R"(lane="quick")",
           "From a request's bytes to its answer."},
    Sample{"postern_request_duration_seconds", R"(lane="hashing")", ""},
    Sample{"postern_hashing_wait_seconds", "", "From nginx to a thread of the hashing lane."},
    Sample{"postern_write_gate_wait_seconds", "", "How long writers waited for their turn."},
};

// In the order of the enumerations.
static_assert(count_samples.size() == static_cast<std::size_t>(Count::worker_starts) + 1);
static_assert(gauge_samples.size() == static_cast<std::size_t>(Gauge::hashing_open) + 1);
static_assert(duration_samples.size() == static_cast<std::size_t>(Duration::gate_wait) + 1);

// Upper bounds of a histogram's buckets in microseconds; one without a bound follows.
constexpr std::array bounds{100,     250,     500,       1'000,     2'500,
                            5'000,   10'000,  25'000,    50'000,    100'000,
                            250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};
constexpr std::chrono::microseconds bound_of(std::size_t bucket) {
    return std::chrono::microseconds(bounds[bucket]);
}

constexpr std::string_view requests_name = "postern_requests_total";
constexpr std::string_view routes_name = "postern_route_duration_seconds";
constexpr std::array<std::string_view, 2> methods{"get", "post"};
constexpr std::array<std::string_view, 4> status_classes{"2xx", "3xx", "4xx", "5xx"};

// ---- the places ----

constexpr std::size_t request_kinds = (route_count + 1) * methods.size() * status_classes.size();
constexpr std::size_t duration_cells = bounds.size() + 2;  // the unbounded one, and the sum

template <typename Number>
struct Numbers {
    std::array<Number, count_samples.size()> counts{};
    std::array<Number, request_kinds> requests{};
    std::array<Number, duration_samples.size() * duration_cells> durations{};
    std::array<Number, (route_count + 1) * duration_cells> routes{};
    std::array<Number, gauge_samples.size()> gauges{};
};
using Totals = Numbers<std::uint64_t>;

struct alignas(64) Place : Numbers<std::atomic<std::uint64_t>> {};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

Place own_place;  // until the counts are shared
Place* place = &own_place;
const SharedPlaces<Place>* shared = nullptr;  // never closed: there may be threads until the end

// Changes with the name, order and number of whatever is counted.
std::uint64_t layout_number() {
    std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
    const auto mix = [&hash](std::string_view text) {
        for (const char byte : text) {
            hash = (hash ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211U;
        }
    };
    const auto mix_all = [&mix](std::span<const Sample> samples) {
        for (const Sample& sample : samples) {
            mix(sample.name);
            mix(sample.labels);
        }
    };
    mix_all(count_samples);
    mix_all(gauge_samples);
    mix_all(duration_samples);
    mix(routes_name);
    for (const int bound : bounds) mix(std::to_string(bound));
    for (std::size_t i = 0; i < route_count; ++i) mix(path_below_mount(static_cast<Route>(i)));
    return hash;
}

int living_workers() noexcept {
    if (shared == nullptr) return 1;
    int workers = 0;
    for (std::size_t number = 0; number < shared->all().size(); ++number) {
        workers += shared->is_taken(number);
    }
    return workers;
}

constexpr auto relaxed = std::memory_order_relaxed;

template <std::size_t size>
void add(std::array<std::uint64_t, size>& sums,
         const std::array<std::atomic<std::uint64_t>, size>& numbers) noexcept {
    for (std::size_t i = 0; i < size; ++i) sums[i] += numbers[i].load(relaxed);
}

void add_place(Totals& totals, const Place& from, bool taken) noexcept {
    add(totals.counts, from.counts);
    add(totals.requests, from.requests);
    add(totals.durations, from.durations);
    add(totals.routes, from.routes);
    if (taken) add(totals.gauges, from.gauges);
}

Totals totals_of_pool() noexcept {
    Totals totals;
    if (shared == nullptr) {
        add_place(totals, own_place, true);
        return totals;
    }
    for (std::size_t number = 0; number < shared->all().size(); ++number) {
        add_place(totals, shared->all()[number], shared->is_taken(number));
    }
    return totals;
}

template <typename Kind>
constexpr std::size_t index_of(Kind kind) noexcept {
    return static_cast<std::size_t>(kind);
}

// The cells of the histogram of that number.
template <typename Number, std::size_t size>
constexpr auto histogram_of(std::array<Number, size>& cells, std::size_t number) noexcept {
    return std::span(cells).subspan(number * duration_cells, duration_cells);
}

void add_to_histogram(std::span<std::atomic<std::uint64_t>> cells,
                      std::chrono::nanoseconds span) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds.size() && span > bound_of(bucket)) ++bucket;
    cells[bucket].fetch_add(1, relaxed);
    cells.back().fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, span.count())),
                           relaxed);
}

// ---- the text ----

class Text {
  public:
    void head(std::string_view name, std::string_view help, std::string_view type) {
        if (help.empty()) return;  // it was told with the first sample of this name
        text_.append("# HELP ").append(name).append(" ").append(help);
        text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void sample(std::string_view name, std::string_view labels, std::string_view value) {
        text_.append(name);
        if (!labels.empty()) text_.append("{").append(labels).append("}");
        text_.append(" ").append(value).append("\n");
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

// "0.0025"
std::string seconds_text(std::chrono::nanoseconds span) {
    constexpr std::int64_t second = std::nano::den;
    std::string fraction = std::to_string(second + span.count() % second).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    const std::string whole = std::to_string(span.count() / second);
    return fraction.empty() ? whole : whole + "." + fraction;
}

std::string_view label_of_route(std::size_t number) {
    return number == route_count ? "none" : word_for(static_cast<Route>(number));
}

std::string labels_of_request(std::size_t cell) {
    const auto status = status_classes[cell % status_classes.size()];
    const auto method = methods[cell / status_classes.size() % methods.size()];
    const auto route = label_of_route(cell / status_classes.size() / methods.size());
    return "route=\"" + std::string(route) + "\",method=\"" + std::string(method) + "\",status=\"" +
           std::string(status) + "\"";
}

void write_requests(Text& text, const Totals& totals) {
    text.head(requests_name, "Requests answered.", "counter");
    for (std::size_t cell = 0; cell < request_kinds; ++cell) {
        const std::uint64_t number = totals.requests[cell];
        if (number != 0)
            text.sample(requests_name, labels_of_request(cell), std::to_string(number));
    }
}

void write_histogram(Text& text, const Sample& sample, std::span<const std::uint64_t> cells) {
    text.head(sample.name, sample.help, "histogram");
    const std::string name(sample.name);
    const std::string labels(sample.labels);
    const std::string le = labels.empty() ? "le=\"" : labels + ",le=\"";
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        so_far += cells[i];
        text.sample(name + "_bucket", le + seconds_text(bound_of(i)) + "\"",
                    std::to_string(so_far));
    }
    so_far += cells[bounds.size()];
    text.sample(name + "_bucket", le + "+Inf\"", std::to_string(so_far));
    text.sample(name + "_sum", labels, seconds_text(std::chrono::nanoseconds(cells.back())));
    text.sample(name + "_count", labels, std::to_string(so_far));
}

void write_routes(Text& text, Totals& totals) {
    std::string_view help = "The same by route, without what nginx and the sockets add.";
    for (std::size_t route = 0; route <= route_count; ++route) {
        const auto cells = histogram_of(totals.routes, route);
        if (std::ranges::all_of(cells, [](std::uint64_t cell) { return cell == 0; })) continue;
        const std::string labels = "route=\"" + std::string(label_of_route(route)) + "\"";
        write_histogram(text, {routes_name, labels, std::exchange(help, "")}, cells);
    }
}

void write_all(Text& text, std::span<const Sample> samples, std::span<const std::uint64_t> numbers,
               std::string_view type) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        text.head(samples[i].name, samples[i].help, type);
        text.sample(samples[i].name, samples[i].labels, std::to_string(numbers[i]));
    }
}

}  // namespace

void count(Count what, std::uint64_t times) noexcept {
    place->counts[index_of(what)].fetch_add(times, relaxed);
}

void count_request(std::optional<Route> route, bool is_post, int status,
                   std::optional<std::chrono::nanoseconds> span) noexcept {
    const std::size_t row = route ? index_of(*route) : route_count;
    const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 2, 5) - 2);
    const std::size_t cell =
        (row * methods.size() + (is_post ? 1 : 0)) * status_classes.size() + status_class;
    place->requests[cell].fetch_add(1, relaxed);
    if (span) add_to_histogram(histogram_of(place->routes, row), *span);
}

void count_duration(Duration which, std::chrono::nanoseconds span) noexcept {
    add_to_histogram(histogram_of(place->durations, index_of(which)), span);
}

void raise(Gauge which) noexcept {
    place->gauges[index_of(which)].fetch_add(1, relaxed);
}

void lower(Gauge which) noexcept {
    place->gauges[index_of(which)].fetch_sub(1, relaxed);
}

void share_counts(const std::filesystem::path& directory) {
    const auto file = directory / ("metrics-" + std::to_string(layout_number()));
    shared = new SharedPlaces<Place>(file);
    place = &shared->own();
    for (auto& gauge : place->gauges) gauge.store(0, relaxed);
    count(Count::worker_starts);
}

std::string metrics_text(std::span<const Reading> readings) {
    Totals totals = totals_of_pool();
    Text text;
    write_requests(text, totals);
    write_all(text, count_samples, totals.counts, "counter");
    write_all(text, gauge_samples, totals.gauges, "gauge");
    for (std::size_t i = 0; i < duration_samples.size(); ++i) {
        write_histogram(text, duration_samples[i], histogram_of(totals.durations, i));
    }
    write_routes(text, totals);
    text.head("postern_workers", "Workers that are alive.", "gauge");
    text.sample("postern_workers", "", std::to_string(living_workers()));
    for (const Reading& reading : readings) {
        text.head(reading.name, reading.help, "gauge");
        text.sample(reading.name, "", std::to_string(reading.value));
    }
    return text.take();
}

std::uint64_t counted(Count what) noexcept {
    return totals_of_pool().counts[index_of(what)];
}

}  // namespace base
