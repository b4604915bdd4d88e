"""What runs on Google Cloud, as data: manifests, sizes and routes are read, everything else is written from them."""
