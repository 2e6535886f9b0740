// A progress bar for the terminal and a learning curve as an SVG picture.
#pragma once

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace example {

// Redraws one line on a terminal; elsewhere prints one line an epoch.
inline void show_progress(int epoch, int epochs, double loss, double accuracy) {
  const bool terminal = isatty(1) != 0;
  const int filled = 30 * epoch / epochs;
  const std::string bar = std::string(static_cast<size_t>(filled), '#') + std::string(static_cast<size_t>(30 - filled), '.');
  std::printf("%s[%s] epoch %2d/%d  loss %.4f  accuracy %5.1f %%%s", terminal ? "\r" : "", bar.c_str(), epoch, epochs, loss, 100 * accuracy,
              terminal && epoch < epochs ? "" : "\n");
  std::fflush(stdout);
}

struct Curve {
  std::string name;
  std::string color;
  std::vector<double> values;  // one an epoch, in [0, 1]
};

// The curves over the epochs, with axes and a legend.
inline void write_curves_svg(const std::string& path, const std::string& title, const std::vector<Curve>& curves) {
  constexpr double kWidth = 640, kHeight = 360, kLeft = 60, kRight = 20, kTop = 40, kBottom = 45;
  size_t epochs = 1;
  for (const Curve& curve : curves) epochs = std::max(epochs, curve.values.size());
  const auto x = [&](size_t i) {
    return kLeft + (kWidth - kLeft - kRight) * (epochs > 1 ? static_cast<double>(i) / static_cast<double>(epochs - 1) : 0);
  };
  const auto y = [&](double v) { return kHeight - kBottom - (kHeight - kTop - kBottom) * std::clamp(v, 0.0, 1.0); };
  std::ofstream out(path);
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"360\" font-family=\"Helvetica\" font-size=\"12\">\n"
      << "<rect width=\"640\" height=\"360\" fill=\"white\"/>\n<text x=\"320\" y=\"22\" text-anchor=\"middle\" font-size=\"15\">" << title
      << "</text>\n";
  for (int tick = 0; tick <= 5; ++tick) {
    const double v = tick / 5.0;
    out << "<line x1=\"" << kLeft << "\" x2=\"" << kWidth - kRight << "\" y1=\"" << y(v) << "\" y2=\"" << y(v) << "\" stroke=\"#dddddd\"/>\n"
        << "<text x=\"" << kLeft - 8 << "\" y=\"" << y(v) + 4 << "\" text-anchor=\"end\">" << v << "</text>\n";
  }
  for (size_t i = 0; i < epochs; i += std::max<size_t>(1, epochs / 10)) {
    out << "<text x=\"" << x(i) << "\" y=\"" << kHeight - kBottom + 18 << "\" text-anchor=\"middle\">" << i + 1 << "</text>\n";
  }
  out << "<text x=\"320\" y=\"" << kHeight - 8 << "\" text-anchor=\"middle\">epoch</text>\n";
  double legend = kTop + 14;
  for (const Curve& curve : curves) {
    out << "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" << curve.color << "\" points=\"";
    for (size_t i = 0; i < curve.values.size(); ++i) out << x(i) << "," << y(curve.values[i]) << " ";
    out << "\"/>\n<text x=\"" << kWidth - kRight - 8 << "\" y=\"" << (legend += 18) + kHeight / 3 << "\" text-anchor=\"end\" fill=\"" << curve.color
        << "\">" << curve.name << "</text>\n";
  }
  out << "</svg>\n";
}

}  // namespace example
