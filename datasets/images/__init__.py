"""Sets of small images: scikit-learn's digits with noise, and CIFAR-10 from its official files."""
