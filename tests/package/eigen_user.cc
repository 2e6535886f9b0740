// The host's own Eigen, compiled with the host's flags. Its value goes into main's check.
#include <Eigen/Core>

float eigen_product() {
  Eigen::Matrix<float, 8, 8> a;
  a.setConstant(0.5f);
  return (a * a)(3, 4);  // 8 * 0.25
}
